// The doctor's round: step after step from the name to the clock, each within its time, nothing left behind.

import { isIpv6 } from "../../shared/endpoint.ts";
import { within } from "../../shared/deadline.ts";
import { CommandFailure, ExitCode } from "../../shared/exit_code.ts";
import { Fault, isFault } from "../../shared/fault.ts";
import type { Client } from "../client.ts";
import { type ClientLimits, DEFAULT_LIMITS } from "../client_limits.ts";
import { connect } from "../connect.ts";
import type { Destination } from "../destination.ts";
import { failureOf, isFinal } from "../failure_report.ts";
import type { RemoteEntry } from "../remote_entry.ts";
import { openConnection, type OpeningContext } from "../session_opening.ts";
import { featuresFinding } from "./features_finding.ts";
import {
  fails,
  failureFinding,
  type Finding,
  limited,
  skipped,
  type StepName,
  works,
} from "./finding.ts";
import { examinePassive } from "./passive.ts";
import {
  dialAll,
  greetingFinding,
  lookUp,
  noGreetingFinding,
  noProtectionFinding,
  protectionFinding,
} from "./reaching.ts";
import { Trial } from "./trial_file.ts";
import { Visit } from "../visit.ts";

/** What an examination is told. */
export interface ExaminationOptions {
  readonly place: Destination;
  readonly opening: OpeningContext;
  /** How long one step may take, milliseconds. */
  readonly stepMs: number;
  /** Ctrl-C: what was left at the server is removed all the same. */
  readonly signal: AbortSignal;
  /** Gets each finding as soon as it is there. */
  readonly onFinding: (step: StepName, finding: Finding, elapsedMs: number) => void;
}

/** A person who is asked for a password, or about a certificate, may think so long, milliseconds. */
const PERSON_MS = 10 * 60_000;

/** What was stopped says goodbye first, so that the server knows that it is over, milliseconds. */
const STOPPING_MS = 10_000;

/** Names of a listing that are kept, to find a small file among them. */
const NAMES_KEPT = 10_000;

/** Examines a server. @returns what every step found @throws Fault `aborted` */
export async function examine(
  options: ExaminationOptions,
): Promise<ReadonlyMap<StepName, Finding>> {
  const examination = new Examination(options);
  await examination.run();
  return examination.findings;
}

class Examination {
  readonly findings = new Map<StepName, Finding>();
  readonly #options: ExaminationOptions;
  readonly #limits: ClientLimits;

  constructor(options: ExaminationOptions) {
    this.#options = options;
    this.#limits = { ...DEFAULT_LIMITS, ...options.opening.limits };
  }

  async run(): Promise<void> {
    const reached = await this.#reach();
    const [via] = reached;
    if (via === undefined) return;
    const opening = { ...this.#options.opening, via };
    await using visit = new Visit(this.#options.place, opening);
    await this.#enter(visit, opening);
    if (!visit.hasBegun) return;
    await this.#step(
      "features",
      async (signal) => featuresFinding((await visit.client(signal)).features),
    );
    for (const family of ["ipv4", "ipv6"] as const) await this.#passive(visit, family, reached);
    await this.#transfers(visit);
  }

  async #reach(): Promise<readonly string[]> {
    const { place: { host, port } } = this.#options;
    let addresses: readonly string[] = [];
    let reached: readonly string[] = [];
    await this.#step("name", async (signal) => {
      const answer = await lookUp(host, this.#limits.connectMs, signal);
      addresses = answer.addresses;
      return answer.finding;
    });
    if (addresses.length === 0) return [];
    await this.#step("tcp", async (signal) => {
      const answer = await dialAll(addresses, port, this.#limits, signal);
      reached = answer.reached;
      return answer.finding;
    });
    return reached;
  }

  async #enter(visit: Visit, opening: OpeningContext): Promise<void> {
    const { place } = this.#options;
    const isImplicit = place.tls === "implicit";
    if (!isImplicit && !await this.#step("greeting", (signal) => this.#greet(opening, signal))) {
      return;
    }
    let client: Client | undefined;
    await this.#step("tls", async (signal) => {
      try {
        client = await openConnection(place, opening, signal);
        return protectionFinding(client, place, Date.now());
      } catch (error) {
        if (!(error instanceof CommandFailure) || signal.aborted) throw error;
        return noProtectionFinding(error, place, Date.now());
      }
    }, this.#askingMs);
    const open = client;
    if (open === undefined) {
      const why = "there is no trusted connection to log in over";
      await this.#step("login", () => Promise.resolve(skipped(why)));
      return;
    }
    if (isImplicit) await this.#step("greeting", () => Promise.resolve(greetingFinding(open)));
    const isIn = await this.#step("login", async (signal) => {
      const { user, secure, dataSecure } = await visit.begin(open, signal);
      const facts = { user: user ?? null, data_protected: dataSecure };
      return secure && !dataSecure
        ? limited(`as "${user}"; data travel in clear`, "let the server accept PROT P", facts)
        : works(`as "${user}"`, facts);
    }, this.#askingMs);
    if (!isIn) await open.close();
  }

  async #greet(opening: OpeningContext, signal: AbortSignal): Promise<Finding> {
    const { place: { host, port, label } } = this.#options;
    try {
      // SECURITY: nothing but QUIT is said on this connection, so it need not be protected.
      const trust = { kind: "anything" } as const;
      const { limits = {}, via = host } = opening;
      await using client = await connect({ host, via, port, tls: "off", trust, limits, signal });
      return greetingFinding(client);
    } catch (error) {
      if (signal.aborted) throw error;
      return noGreetingFinding(failureOf(error, { tried: `connect to ${label}` }), port);
    }
  }

  async #passive(
    visit: Visit,
    family: "ipv4" | "ipv6",
    reached: readonly string[],
  ): Promise<void> {
    const via = reached.find((address) => isIpv6(address) === (family === "ipv6"));
    await this.#step(`passive-${family}`, async (signal) => {
      if (this.#options.opening.flags.active) return skipped("--active was said");
      if (via === undefined) return skipped(`no ${NAMES[family]} address of it answers`);
      // With some servers two sessions of one process are in each other's way.
      if ((await visit.client(signal)).goesAlone) await visit.drop();
      await using client = await visit.another(via, signal);
      return await examinePassive(client, via, this.#limits, signal);
    });
  }

  async #transfers(visit: Visit): Promise<void> {
    const { place: { path } } = this.#options;
    const listed: RemoteEntry[] = [];
    const hasListed = await this.#step("listing", async (signal) => {
      let count = 0;
      let unknown = 0;
      const client = await visit.client(signal);
      for await (const entry of client.list(path, { signal, onUnknownLine: () => unknown++ })) {
        if (++count <= NAMES_KEPT) listed.push(entry);
      }
      const told = `${count} ${count === 1 ? "name" : "names"}`;
      const facts = { names: count, unknown };
      if (unknown === 0) return works(told, facts);
      return limited(
        `${told}, and ${unknown} ${unknown === 1 ? "line" : "lines"} that no form explains`,
        "a server with MLSD lists in one form for all",
        facts,
      );
    });
    // Without a data connection there is nothing more to learn, only time to lose.
    if (!hasListed) return;
    const trial = new Trial(path);
    const tried = async (
      step: StepName,
      work: (client: Client, signal: AbortSignal) => Promise<Finding>,
    ) => {
      const isWell = await this.#step(
        step,
        async (signal) => await work(await visit.client(signal), signal),
      );
      // What may be in the middle of something answers no further question.
      if (!isWell) await visit.drop();
    };
    try {
      await tried("upload", (client, signal) => trial.upload(client, listed, path, signal));
      await tried("download", (client, signal) => trial.download(client, signal));
      await tried("clock", (client, signal) => trial.clock(client, signal));
      await tried("resume", (client, signal) => trial.resume(client, signal));
      await tried("verification", (client, signal) => trial.verification(client, signal));
    } finally {
      if (trial.mayHaveLeft) await this.#cleanUp(visit, trial);
    }
  }

  /** In spite of Ctrl-C, in its own time. */
  async #cleanUp(visit: Visit, trial: Trial): Promise<void> {
    const signal = AbortSignal.timeout(this.#options.stepMs);
    const finding = await this.#judge(
      async () => await trial.remove(await visit.client(signal), signal),
      signal,
    );
    this.#tell("cleanup", finding, 0);
  }

  get #askingMs(): number {
    const { opening: { terminal }, stepMs } = this.#options;
    return terminal.canAsk ? PERSON_MS : stepMs;
  }

  /** Runs one step. @returns whether the next ones make sense */
  async #step(
    step: StepName,
    work: (signal: AbortSignal) => Promise<Finding>,
    limitMs = this.#options.stepMs,
  ): Promise<boolean> {
    const startedMs = performance.now();
    const { signal } = this.#options;
    if (signal.aborted) throw new Fault("aborted", { cause: signal.reason });
    const stop = new AbortController();
    const timer = setTimeout(() => stop.abort(), limitMs);
    try {
      const either = AbortSignal.any([stop.signal, signal]);
      const finding = await this.#judge(
        () => within(work(either), { limitMs: limitMs + STOPPING_MS }),
        stop.signal,
        signal,
      );
      this.#tell(step, finding, performance.now() - startedMs);
      return finding.outcome !== "fails" || step === "tls";
    } finally {
      clearTimeout(timer);
    }
  }

  /** What failed is a finding, except mistakes of ours, and Ctrl-C where that may end it. */
  async #judge(
    work: () => Promise<Finding>,
    timeout: AbortSignal,
    interrupt?: AbortSignal,
  ): Promise<Finding> {
    try {
      return await work();
    } catch (error) {
      if (interrupt?.aborted) throw new Fault("aborted", { cause: error });
      if (timeout.aborted || isFault(error, "timed-out")) {
        const told = `not done within ${this.#options.stepMs / 1000} s`;
        return fails(ExitCode.noConnection, told, "try again, with -v to see where it stops");
      }
      // Ctrl-C at a question.
      if (error instanceof CommandFailure && isFinal(error)) throw error;
      return failureFinding(failureOf(error, { tried: "examine" }));
    }
  }

  #tell(step: StepName, finding: Finding, elapsedMs: number): void {
    this.findings.set(step, finding);
    this.#options.onFinding(step, finding, elapsedMs);
  }
}

const NAMES = { ipv4: "IPv4", ipv6: "IPv6" } as const;
