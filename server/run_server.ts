// A server's life: settings, certificate, threads, the one line on standard output, signals, the end.

import type { CommandWorld } from "../shared/command_line.ts";
import { type Endpoint, formatEndpoint } from "../shared/endpoint.ts";
import type { Log } from "../shared/log.ts";
import { openAccounts } from "./account_store.ts";
import { fingerprintOf } from "./certificate.ts";
import { prepareAnonymousDirectory } from "./data_directory.ts";
import { Housekeeping, StorageCare } from "./housekeeping.ts";
import { requireFreePort } from "./listening_socket.ts";
import { loadSettings, type SettingsRequest } from "./load_settings.ts";
import { serveMetrics } from "./metrics/metrics_endpoint.ts";
import { collectGarbage } from "./memory_return.ts";
import { programName } from "./program_name.ts";
import { writeTurnMemory } from "./runtime/write_turn.ts";
import { openServerLog, reopenLog } from "./server_log.ts";
import type { ServingUpdate } from "./serving.ts";
import { startInThisThread, startInWorker } from "./serving_thread.ts";
import type { ServerSettings } from "./settings.ts";
import { identityFor, reloaded } from "./settings_reload.ts";
import { Supervisor } from "./supervisor.ts";

/**
 * Serves until the world's interrupt fires.
 *
 * @throws CommandFailure when a setting is wrong or it cannot start.
 */
export async function runServer(world: CommandWorld, request: SettingsRequest): Promise<void> {
  const settings = await loadSettings(request);
  const identity = await identityFor(settings);
  let current: ServingUpdate = { settings, identity };
  requireFreePort(settings);
  if (settings.implicitPort !== undefined) {
    requireFreePort({ host: settings.host, port: settings.implicitPort });
  }
  const hasAccounts = await anyAccounts(settings.home);
  if (settings.anonymous !== "off") await prepareAnonymousDirectory(settings.home);
  const { log, sink } = openServerLog(settings);
  await using _ = sink;
  // First of all: whoever opens the books alone puts them in doubt.
  using care = StorageCare.open(settings.home, log);
  const supervisor = await Supervisor.start({
    plan: {
      ...current,
      port: settings.port,
      implicitPort: settings.implicitPort,
      turnMemory: writeTurnMemory(),
    },
    threads: settings.workers,
    start: settings.workers === 1
      ? startInThisThread
      : startInWorker(new URL("./worker.ts", import.meta.url)),
    log,
  });
  // Before the line below: whoever reads it may send the signal at once.
  const stopReloading = onHangUp(async () => {
    reopenLog({ log, sink });
    current = await reloaded(request, current, log) ?? current;
    // Even when nothing changed: every thread has a log file to reopen.
    supervisor.update(current);
  });
  await using _housekeeping = new Housekeeping(care.chores, log);
  await using metrics = settings.metrics &&
    serveMetrics(settings.metrics, () => supervisor.counts());
  if (metrics !== undefined) {
    const url = `http://${formatEndpoint(metrics.endpoint)}/metrics`;
    log.write("info", "serving metrics", { url });
  }
  const url = urlOf(settings, supervisor.endpoint);
  const certificate = identity === undefined
    ? ""
    : `, certificate ${fingerprintOf(identity.certificatePem)}`;
  world.stdout.print(`listening on ${url} (TLS: ${settings.tls}${certificate})\n`);
  const { implicitEndpoint } = supervisor;
  if (implicitEndpoint !== undefined) {
    log.write("info", "serving implicit TLS", { url: urlOf(settings, implicitEndpoint, "ftps") });
  }
  tellHowToBegin(log, world.env, settings.home, url, hasAccounts || settings.anonymous !== "off");
  // Reading the command line, settings and modules left a few megabytes that are not needed again.
  collectGarbage();

  await fired(world.interrupt);
  stopReloading();
  log.write("info", "stopping");
  await supervisor.stop();
  log.write("info", "stopped");
}

async function anyAccounts(home: string): Promise<boolean> {
  using accounts = openAccounts(home);
  return (await accounts.list()).length > 0;
}

/** An address that works from this machine: of all interfaces, the one every machine has. */
function urlOf(
  settings: ServerSettings,
  { address, port }: Endpoint,
  scheme: "ftp" | "ftps" = "ftp",
): string {
  const shown = settings.host === undefined
    ? `localhost:${port}`
    : formatEndpoint({ address, port });
  return `${scheme}://${shown}/`;
}

/** What a person who has just started it for the first time does not know. */
function tellHowToBegin(
  log: Log,
  env: CommandWorld["env"],
  home: string,
  url: string,
  anybodyCanLogIn: boolean,
): void {
  const ftp = programName(env);
  log.write("info", "serving", { home, url });
  if (!anybodyCanLogIn) {
    log.write("warn", "no account exists yet: nobody can log in", {
      "make-one": `${ftp} user add NAME --home ${home}`,
    });
  }
  log.write("info", "to connect from this machine", { run: `${ftp} connect ${url}` });
}

/** Calls `reload` at each SIGHUP, one after the other. @returns what ends that. */
function onHangUp(reload: () => Promise<void>): () => void {
  // Windows knows SIGHUP as the closing of the console window: nothing to reload for.
  if (Deno.build.os === "windows") return () => {};
  let last = Promise.resolve();
  const onSignal = () => {
    last = last.then(reload);
  };
  Deno.addSignalListener("SIGHUP", onSignal);
  return () => Deno.removeSignalListener("SIGHUP", onSignal);
}

function fired(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener("abort", () => resolve(), { once: true });
  });
}
