// A small text file that a person named: settings, certificates, lists. Never a pipe that nobody writes to.

/** What stands at the path is no file that could be meant. */
export class UnfitFile extends Error {
  override readonly name = "UnfitFile";
}

/** How one says "no file" where a file must be named. */
const NULL_DEVICE = "/dev/null";

/**
 * Reads a regular file of at most `limitBytes`, or the null device, which is empty. Opening a pipe waits for somebody to write to it, perhaps for ever,
 * and a device may have no end: both are refused before they are opened.
 *
 * @throws UnfitFile, errors of the host
 */
export async function readSmallFile(path: string, limitBytes: number): Promise<string> {
  if (path === NULL_DEVICE && Deno.build.os !== "windows") return "";
  const { isFile, isDirectory, size } = await Deno.stat(path);
  if (isDirectory) throw new UnfitFile("it is a folder");
  if (!isFile) throw new UnfitFile("it is not a regular file");
  if (size > limitBytes) {
    throw new UnfitFile(`it has ${size} bytes, ${limitBytes} at most are read`);
  }
  return await Deno.readTextFile(path);
}
