// How the person started this program, so that hints can be typed as they stand.

/**
 * The words before a command's name.
 *
 * @param env the environment, in which npm leaves its traces.
 */
export function programName(env: Readonly<Record<string, string | undefined>>): string {
  if (Deno.build.standalone) return "ftp";
  const fromNpm = env["npm_command"] === "exec";
  return fromNpm ? `npx -y deno@${Deno.version.deno} task ftp` : "deno task ftp";
}
