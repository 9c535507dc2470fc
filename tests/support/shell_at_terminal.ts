// The shell as a person has it before them: a server in this process, folders of their own, a real terminal.

import { join } from "node:path";
import { InProcessServer, PASSWORD, USER } from "./in_process_server.ts";
import { temporaryDirectory } from "./temporary_directory.ts";
import { TerminalProcess } from "./terminal_process.ts";

/** How it is set up. */
export interface PersonOptions {
  readonly server?: Parameters<typeof InProcessServer.start>[0];
  /** Files in the account's folder, by path; `null` is a folder. */
  readonly remote?: Readonly<Record<string, string | Uint8Array | null>>;
  /** Files in the folder that the shell starts in. */
  readonly local?: Readonly<Record<string, string | Uint8Array | null>>;
}

/** A person with a server. `await using` ends all. */
export class Person implements AsyncDisposable {
  readonly #resources: AsyncDisposableStack;

  private constructor(
    readonly server: InProcessServer,
    /** The folder that the shell starts in. */
    readonly folder: string,
    /** Where configuration and history lie. */
    readonly home: string,
    resources: AsyncDisposableStack,
  ) {
    this.#resources = resources;
  }

  static async arrive({ server, remote = {}, local = {} }: PersonOptions = {}): Promise<Person> {
    await using resources = new AsyncDisposableStack();
    const running = resources.use(await InProcessServer.start(server));
    const folder = resources.use(await temporaryDirectory()).path;
    const home = resources.use(await temporaryDirectory()).path;
    await fill(running.root, remote);
    await fill(folder, local);
    return new Person(running, folder, home, resources.move());
  }

  /** Opens the shell, logged in unless `env` says otherwise. */
  shell(
    args: readonly string[] = [],
    env: Readonly<Record<string, string>> = {},
    columns?: number,
  ): TerminalProcess {
    return new TerminalProcess(["connect", "--insecure", ...args], {
      cwd: this.folder,
      env: {
        FTP_SERVER: `127.0.0.1:${this.server.port}`,
        FTP_USER: USER,
        FTP_PASSWORD: PASSWORD,
        XDG_CONFIG_HOME: join(this.home, "config"),
        XDG_STATE_HOME: join(this.home, "state"),
        LC_ALL: "C.UTF-8",
        ...env,
      },
      ...(columns === undefined ? {} : { columns }),
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#resources.disposeAsync();
  }
}

async function fill(
  folder: string,
  files: Readonly<Record<string, string | Uint8Array | null>>,
): Promise<void> {
  for (const [name, content] of Object.entries(files)) {
    const path = join(folder, name);
    if (content === null) await Deno.mkdir(path, { recursive: true });
    else if (typeof content === "string") await Deno.writeTextFile(path, content);
    else await Deno.writeFile(path, content);
  }
}
