// Which clients are measured: this one, lftp and curl, each told the same errand in its own words.

import { denoDirectory, ftpCommandLine, run } from "../tests/support/program.ts";
import type { Target } from "./contenders.ts";
import { OURS } from "./contenders.ts";

/** What a client is to do. */
export type Errand =
  | { readonly kind: "list"; readonly remote: string }
  /** One file; a path at the server without its first `/`, and a host path. */
  | { readonly kind: "get" | "put"; readonly remote: string; readonly local: string }
  /** The files of one folder, over so many connections. */
  | {
    readonly kind: "get-many" | "put-many";
    readonly remote: string;
    readonly local: string;
    readonly names: readonly string[];
    readonly connections: number;
  };

/** Where it is to be done. */
export interface Place extends Target {
  readonly host: string;
}

/** A client under measurement. */
export interface ClientContender {
  readonly name: string;
  /** Does the errand. @returns seconds from start to end. @throws Error when it did not succeed */
  run(errand: Errand, place: Place): Promise<number>;
}

/** A client that needs longer has failed. */
const LIMIT_MS = 300_000;

/** A program as it is started. */
interface Words {
  readonly program: string;
  readonly args: readonly string[];
  readonly stdin?: string;
  readonly env?: Readonly<Record<string, string>>;
}

/**
 * Every client that is installed.
 *
 * @param home a directory for what they write about themselves.
 */
export async function clientContenders(home: string): Promise<ClientContender[]> {
  const own = await ourProgram(home);
  const all: readonly (readonly [string, (errand: Errand, place: Place) => Words])[] = [
    [OURS, (errand, place) => ours(own, errand, place)],
    ["lftp", lftp],
    ["curl", curl],
  ];
  const found: ClientContender[] = [];
  for (const [name, words] of all) {
    if (name === OURS || await isInstalled(name)) {
      found.push({ name, run: (errand, place) => timed(words(errand, place), home) });
    } else console.error(`left out: ${name} is not installed`);
  }
  return found;
}

async function isInstalled(program: string): Promise<boolean> {
  try {
    await new Deno.Command(program, { args: ["--version"], stdout: "null" }).output();
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

async function timed({ program, args, stdin, env }: Words, home: string): Promise<number> {
  const startedMs = performance.now();
  const { code, stderr } = await run(program, args, {
    ...(stdin === undefined ? {} : { stdin }),
    env: { HOME: home, ...env },
    limitMs: LIMIT_MS,
  });
  const seconds = (performance.now() - startedMs) / 1000;
  if (code !== 0) throw new Error(`${program} ${args.join(" ")}: exit code ${code}\n${stderr}`);
  return seconds;
}

/** The compiled executable where a runtime to compile with is at hand (DENORT_BIN), else the source. */
async function ourProgram(directory: string): Promise<Words> {
  const env = { DENO_DIR: await denoDirectory() };
  if (Deno.env.get("DENORT_BIN") === undefined) {
    const [program, args] = ftpCommandLine([]);
    return { program, args, env };
  }
  const program = `${directory}/ftp`;
  const [main = ""] = ftpCommandLine([])[1].slice(-1);
  const { success, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["compile", "--quiet", "--no-check", "-A", "--output", program, main],
    stderr: "piped",
  }).output();
  if (!success) throw new Error(`deno compile: ${new TextDecoder().decode(stderr)}`);
  return { program, args: [], env };
}

function ours({ program, args, env }: Words, errand: Errand, place: Place): Words {
  const { host, port, user, password, tls } = place;
  const to = ["-q", "-s", `${host}:${port}`, "-u", user];
  const flags = [...to, ...(tls ? ["--tls", "required", "--insecure"] : ["--tls", "off"])];
  return {
    program,
    args: [...args, ...verbs(errand), ...flags],
    env: { ...env, FTP_PASSWORD: password },
  };
}

function verbs(errand: Errand): string[] {
  const { kind, remote } = errand;
  switch (kind) {
    case "list":
      return ["ls", remote];
    case "get":
      return ["get", remote, "-o", errand.local];
    case "put":
      return ["put", errand.local, "-t", remote];
    case "get-many":
      return ["mirror", "-j", `${errand.connections}`, remote, errand.local];
    case "put-many":
      return ["mirror", "-j", `${errand.connections}`, "-R", errand.local, remote];
  }
}

function lftp(errand: Errand, { host, port, user, password, tls }: Place): Words {
  const settings = [
    "set net:max-retries 1",
    "set ssl:verify-certificate no",
    `set ftp:ssl-allow ${tls ? "yes" : "no"}`,
    `set ftp:ssl-force ${tls ? "yes" : "no"}`,
    "set ftp:ssl-protect-data yes",
    `open -u ${user},${password} ftp://${host}:${port}`,
  ];
  return { program: "lftp", args: ["-c", [...settings, lftpWords(errand)].join("; ")] };
}

function lftpWords(errand: Errand): string {
  const { kind, remote } = errand;
  switch (kind) {
    case "list":
      return `cls ${remote}`;
    case "get":
      return `get ${remote} -o ${errand.local}`;
    case "put":
      return `put ${errand.local} -o ${remote}`;
    case "get-many":
      return `mirror --parallel=${errand.connections} ${remote} ${errand.local}`;
    case "put-many":
      return `mirror -R --parallel=${errand.connections} ${errand.local} ${remote}`;
  }
}

function curl(errand: Errand, { host, port, user, password, tls }: Place): Words {
  const base = `ftp://${host}:${port}/`;
  const flags = ["-sS", ...(tls ? ["--ssl-reqd", "-k"] : []), "-u", `${user}:${password}`];
  const { kind, remote } = errand;
  switch (kind) {
    case "list":
      return { program: "curl", args: [...flags, "-l", `${base}${remote}/`] };
    case "get":
      return { program: "curl", args: [...flags, "-o", errand.local, base + remote] };
    case "put":
      return { program: "curl", args: [...flags, "-T", errand.local, base + remote] };
    default: {
      const side = kind === "get-many" ? "output" : "upload-file";
      const each = (name: string) =>
        `url = "${base}${remote}/${name}"\n${side} = "${errand.local}/${name}"\n`;
      const many = ["-Z", "--parallel-max", `${errand.connections}`, "--ftp-create-dirs"];
      const args = [...flags, ...many, "-K", "-"];
      return { program: "curl", args, stdin: errand.names.map(each).join("") };
    }
  }
}
