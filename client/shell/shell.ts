// The shell: lines in, commands run one after the other, at a terminal or from a script.

import { resolve } from "node:path";
import type { CommandWorld } from "../../shared/command_line.ts";
import { CommandFailure, ExitCode } from "../../shared/exit_code.ts";
import { printedFailure } from "../../shared/failure_printer.ts";
import { fitToWidth, visibleText } from "../display_width.ts";
import { localFacts } from "../operations/local_files.ts";
import { attempt, type OperationContext } from "../operations/operation_context.ts";
import { transferPolicy } from "../operations/transfer_policy.ts";
import type { Terminal } from "../terminal.ts";
import { toldFailure } from "../texts/told_failure.ts";
import { SHELL_COMMANDS } from "./command_table.ts";
import { complete, localNamesIn } from "./completion.ts";
import type { Connection } from "./connection.ts";
import { History, historyPath } from "./history_file.ts";
import { LineEditor, readPlainLine } from "./line_editor.ts";
import { personsPrograms, runProgram } from "./local_program.ts";
import { welcome } from "./pending.ts";
import type { Script } from "./script.ts";
import type { ShellSettings } from "./settings.ts";
import { parseShellArguments, type ShellState } from "./shell_command.ts";
import { findCommand } from "./shell_own_commands.ts";
import { parseLine, type Step } from "./words.ts";

/** Everything a shell is made of. */
export interface ShellParts {
  readonly world: CommandWorld;
  readonly terminal: Terminal;
  readonly connection: Connection;
  readonly settings: ShellSettings;
  /** Reports a failure of one of several things; throws on what is none: an interrupt, a bug. */
  report(failure: unknown): void;
}

/** A step of a line that runs. */
interface Running {
  readonly signal: AbortSignal;
  /** Where lines that were typed are kept. */
  readonly history: readonly string[];
  report(failure: unknown): void;
}

/** Runs lines until the input ends or a command leaves. */
export class Shell {
  readonly #parts: ShellParts;
  #localFolder = Deno.cwd();
  #isLeaving = false;

  constructor(parts: ShellParts) {
    this.#parts = parts;
  }

  /** Talks with a person: failures are shown, and the next line is asked for. */
  async runInteractively(): Promise<void> {
    const { world, terminal, connection } = this.#parts;
    const history = await History.open(historyPath(world.env));
    using _held = terminal.holdKeys();
    // A Ctrl-C that comes when its command has just ended is for nobody.
    using _late = world.takeCtrlC(() => {});
    using editor = terminal.canEdit ? this.#openEditor(history) : undefined;
    const { current } = connection;
    if (current !== undefined) {
      await this.#forPerson(history, async (running) => {
        await using context = this.#context(running, false);
        await welcome(current, this.#state(running, context));
      });
    }
    while (!this.#isLeaving) {
      const prompt = this.#prompt();
      const typed = editor === undefined
        ? await readPlainLine(prompt, terminal.input, world, world.interrupt)
        : await editor.readLine(prompt, world.interrupt);
      world.interrupt.throwIfAborted();
      if (typed.kind === "end") return;
      if (typed.kind === "cancelled") continue;
      await history.add(typed.text);
      await this.#forPerson(
        history,
        (running) => this.#runLine(typed.text, running, running.report),
      );
    }
  }

  /** Runs a script: the first command that fails ends it, unless it goes on. @throws CommandFailure */
  async runScript(script: Script): Promise<void> {
    const { world } = this.#parts;
    for (let number = 1; !this.#isLeaving; number++) {
      const line = await script.next(world.interrupt);
      if (line === null) return;
      let hasFailed = false;
      const report = (failure: unknown) => {
        hasFailed = true;
        this.#parts.report(script.located(failure, number));
      };
      try {
        await this.#runScriptLine(line, script.goesOn, report);
      } catch (failure) {
        if (!script.goesOn) throw script.located(failure, number);
        report(failure);
      }
      if (hasFailed && !script.goesOn) return;
    }
  }

  async #runScriptLine(
    line: string,
    goesOn: boolean,
    report: (failure: unknown) => void,
  ): Promise<void> {
    let hasFailed = false;
    const noting = (failure: unknown) => {
      hasFailed = true;
      report(failure);
    };
    const running = { signal: this.#parts.world.interrupt, history: [], report: noting };
    if (goesOn) return await this.#runLine(line, running, report);
    for (const step of this.#stepsOf(line)) {
      if (!this.#isLeaving && !hasFailed) await this.#runStep(step, running);
    }
  }

  #openEditor(history: History): LineEditor {
    const { world, terminal: { input } } = this.#parts;
    return new LineEditor({ input, world, history, complete: (line) => this.#complete(line) });
  }

  /** `ftp SITE:FOLDER> `; of a long folder the middle is left out, so that there is room to type. */
  #prompt(): string {
    const { connection: { current }, terminal } = this.#parts;
    if (current === undefined) return "ftp> ";
    const { label } = current.place;
    const folder = fitToWidth(
      visibleText(current.folder),
      Math.max(8, Math.floor(terminal.columns("stderr") / 2) - label.length),
    );
    const site = terminal.isPromptColored ? `${BOLD}${label}${PLAIN}` : label;
    return `ftp ${site}:${folder}> `;
  }

  async #complete(line: string) {
    const { connection, world } = this.#parts;
    return await complete(line, {
      commands: SHELL_COMMANDS,
      localNames: (folder) => localNamesIn(this.#localFolder, this.#withHome(folder)),
      siteNames: () => connection.sites().then((sites) => [...sites.keys()], () => []),
      remoteNames: (folder) => connection.namesIn(folder, world.interrupt),
    });
  }

  /** Runs something that Ctrl-C stops, and shows its failure. */
  async #forPerson(history: History, work: (running: Running) => Promise<void>): Promise<void> {
    const { world, terminal } = this.#parts;
    const stop = new AbortController();
    using _ctrlC = world.takeCtrlC(() => stop.abort(new DOMException("interrupted", "AbortError")));
    const show = (failure: unknown) => {
      const told = toldFailure(failure, terminal.texts);
      const { text } = printedFailure(told, world.env["FTP_DEBUG"] === "1");
      terminal.above(() => world.stderr.print(text));
    };
    const report = (failure: unknown) => {
      // Ctrl-C ends the whole line, not only one of its files.
      if (!(failure instanceof CommandFailure) || stop.signal.aborted) throw failure;
      show(failure);
    };
    const signal = AbortSignal.any([stop.signal, world.interrupt]);
    try {
      await work({ signal, history: history.lines, report });
    } catch (error) {
      if (world.interrupt.aborted) throw error;
      show(error);
    }
  }

  /** Runs what a person typed: a failure ends what `&&` joins, and `;` goes on. */
  async #runLine(
    line: string,
    running: Running,
    show: (failure: unknown) => void,
  ): Promise<void> {
    let isWell = true;
    const report = (failure: unknown) => {
      isWell = false;
      show(failure);
    };
    for (const step of this.#stepsOf(line)) {
      if (this.#isLeaving || (step.needsSuccess && !isWell)) continue;
      isWell = true;
      await this.#runStep(step, { ...running, report }).catch(report);
    }
  }

  /** @throws whatever the command threw */
  async #runStep({ words: [name, ...rest] }: Step, running: Running): Promise<void> {
    const { connection, terminal: { texts } } = this.#parts;
    const command = findCommand(name?.text ?? "", SHELL_COMMANDS, texts);
    const args = parseShellArguments(command, rest, texts);
    try {
      await using context = this.#context(running, args.has("json"));
      await command.run(args, this.#state(running, context));
    } finally {
      if (command.changesNames) connection.forgetNames();
    }
  }

  /** @throws CommandFailure `usage` */
  #stepsOf(line: string): Step[] {
    const steps = parseLine(line);
    if (steps.ok) return steps.value;
    const { usage } = this.#parts.terminal.texts;
    const happened = steps.why === "open-quote" ? usage.openQuote : usage.besideAnd;
    throw new CommandFailure(ExitCode.usage, `"${line}"`, happened);
  }

  #context({ signal, report }: Running, json: boolean): OperationContext & AsyncDisposable {
    const { connection, settings } = this.#parts;
    return connection.context(signal, json || settings.json, report);
  }

  #state({ history }: Running, context: OperationContext): ShellState {
    const { world, terminal, connection, settings } = this.#parts;
    const { limitRate, type, ...flags } = settings;
    const policy = transferPolicy({ ...flags, ...(limitRate && { limitRate }) }, terminal);
    return {
      context,
      terminal,
      texts: terminal.texts,
      connection,
      settings,
      policy: { ...policy, options: { ...policy.options, type } },
      get remoteFolder() {
        return connection.session.folder;
      },
      localFolder: this.#localFolder,
      history,
      withHome: (path) => this.#withHome(path),
      enterLocalFolder: (path) => this.#enterLocalFolder(path),
      runProgram: (program) => runProgram(program, this.#localFolder, terminal),
      programs: personsPrograms(world.env),
      leave: () => void (this.#isLeaving = true),
    };
  }

  async #enterLocalFolder(path: string): Promise<void> {
    const tried = `lcd "${path}"`;
    const folder = resolve(this.#localFolder, this.#withHome(path));
    const facts = await attempt(tried, () => localFacts(folder));
    if (facts?.isFolder) this.#localFolder = folder;
    else {throw new CommandFailure(
        ExitCode.notThere,
        tried,
        this.#parts.terminal.texts.local.noFolder,
      );}
  }

  #withHome(path: string): string {
    const { env } = this.#parts.world;
    return path.replace(HOME, env["HOME"] ?? env["USERPROFILE"] ?? ".");
  }
}

/** `~` at the start of a local path. */
const HOME = /^~(?=$|[/\\])/;

const BOLD = "\x1b[1m";
const PLAIN = "\x1b[0m";
