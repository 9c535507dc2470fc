// ftp site: bookmarks of servers, whose names stand for addresses everywhere.

import { resolve } from "node:path";
import { type Command, Option } from "commander";
import type { CommandWorld } from "../../shared/command_line.ts";
import { CommandFailure, ExitCode } from "../../shared/exit_code.ts";
import { readSmallFile } from "../../shared/small_file.ts";
import { parseAddress } from "../address.ts";
import { ClientCommand } from "../client_command.ts";
import { type ConnectionFlags, optionParser, parsePin, TLS_MODES } from "../connection_flags.ts";
import { reach } from "../destination.ts";
import { failureOf } from "../failure_report.ts";
import { forEach } from "../operations/operation_context.ts";
import { tellSite } from "../operations/sites_output.ts";
import { parseSiteName, type Site, sitesPath, updateSites } from "../sites.ts";

type OutputFlags = Pick<ConnectionFlags, "json" | "quiet">;
type ListFlags = OutputFlags & { readonly names?: true };
type AddFlags = OutputFlags & Pick<ConnectionFlags, "tls" | "pin" | "ca" | "active">;

/** Adds the subcommands. */
export function define(command: Command, world: CommandWorld): void {
  const subcommand = (name: string, summary: string): Command =>
    command.command(name).description(summary)
      .option("--json", "one JSON object a line on standard output")
      .option("-q, --quiet", "tell failures only");
  subcommand("add <name> <address>", "keeps an address under a name")
    .addOption(new Option("--tls <mode>", "protection").choices(TLS_MODES))
    .addOption(
      new Option("--pin <sha256:HEX>", "trust exactly this certificate")
        .argParser(optionParser(parsePin)),
    )
    .option("--ca <file>", "trust what the authorities in this PEM file signed")
    .option("--active", "the server connects to us for data (PORT, EPRT)")
    .action((name: string, address: string, flags: AddFlags) => add(world, name, address, flags));
  subcommand("ls", "lists them")
    .option("--names", "only their names")
    .action((flags: ListFlags) => list(world, [], flags));
  subcommand("show <site...>", "tells all that is kept of some")
    .action((names: string[], flags: OutputFlags) => list(world, names, flags));
  subcommand("rm <site...>", "forgets some")
    .action((names: string[], flags: OutputFlags) => remove(world, names, flags));
}

async function add(
  world: CommandWorld,
  name: string,
  address: string,
  { tls, pin, ca, active, ...output }: AddFlags,
): Promise<void> {
  await using command = await start(world, output);
  const tried = `site add "${name}"`;
  const own = parseSiteName(name);
  if (!own.ok) throw new CommandFailure(ExitCode.usage, tried, own.why);
  const place = parseAddress(address);
  if (!place.ok) throw new CommandFailure(ExitCode.usage, `address "${address}"`, place.why);
  if (place.value.password !== undefined) {
    command.noticePassword(place.value);
    const happened = "a password is not kept in it";
    throw new CommandFailure(ExitCode.usage, tried, happened, {
      hint: "FTP_PASSWORD, --password-stdin or ~/.netrc can tell the password",
    });
  }
  if (pin !== undefined && ca !== undefined) {
    throw new CommandFailure(ExitCode.usage, "--pin --ca", "only one of them can be meant");
  }
  // What cannot be reached with these flags is told now, and not at each use.
  reach(place.value, { color: true, ...(tls && { tls }) }, {});
  if (ca !== undefined) await demandReadable(ca);
  const site: Site = {
    name: own.value,
    address: place.value,
    tls,
    pin,
    ca: ca === undefined ? undefined : resolve(ca),
    active: active ?? false,
  };
  await change(world, tried, (sites) => {
    if (!sites.has(site.name)) return void sites.set(site.name, site);
    throw new CommandFailure(ExitCode.failed, tried, "there is a site of that name", {
      hint: `ftp site rm ${site.name} forgets it`,
    });
  });
  tellSite(command, site);
}

async function list(
  world: CommandWorld,
  names: readonly string[],
  { names: onlyNames, ...output }: ListFlags,
): Promise<void> {
  await using command = await start(world, output);
  const { sites, terminal } = command;
  if (onlyNames) return [...sites.keys()].forEach((name) => command.print({ name }, name));
  if (names.length === 0) {
    for (const site of sites.values()) tellSite(command, site);
    if (sites.size === 0 && output.json === undefined) terminal.note(terminal.texts.sites.none);
    return;
  }
  await forEach(command, names, (name) => {
    const site = sites.get(name.toLowerCase());
    if (site === undefined) return Promise.reject(noSite(`site show "${name}"`));
    return Promise.resolve(tellSite(command, site));
  });
}

async function remove(
  world: CommandWorld,
  names: readonly string[],
  output: OutputFlags,
): Promise<void> {
  await using command = await start(world, output);
  await forEach(command, names, async (name) => {
    const tried = `site rm "${name}"`;
    await change(world, tried, (sites) => {
      if (!sites.delete(name.toLowerCase())) throw noSite(tried);
    });
    command.print({ removed: name.toLowerCase() });
  });
}

function start(world: CommandWorld, output: OutputFlags): Promise<ClientCommand> {
  return ClientCommand.start(world, { ...output, color: true });
}

async function change(
  world: CommandWorld,
  tried: string,
  how: (sites: Map<string, Site>) => void,
): Promise<void> {
  const path = sitesPath(world.env);
  if (path === undefined) {
    const happened = "there is no home to keep sites in";
    throw new CommandFailure(ExitCode.failed, tried, happened, { hint: "HOME names it" });
  }
  try {
    await updateSites(path, how);
  } catch (error) {
    throw failureOf(error, { tried });
  }
}

/** More is no file of certificates; what is in it is looked at when it is used. */
const CA_LIMIT_BYTES = 16 * 1024 * 1024;

async function demandReadable(ca: string): Promise<void> {
  try {
    await readSmallFile(ca, CA_LIMIT_BYTES);
  } catch (error) {
    throw failureOf(error, { tried: `--ca "${ca}"` });
  }
}

function noSite(tried: string): CommandFailure {
  return new CommandFailure(ExitCode.notThere, tried, "there is no site of that name", {
    hint: "ftp site ls lists them",
  });
}
