// Where the client keeps what it knows from one day to the next: certificates, sites, the journal of transfers.

/**
 * The folder: `$XDG_CONFIG_HOME/ftp`, else `~/.config/ftp` (`%APPDATA%\ftp` on Windows).
 *
 * @returns `undefined` when the environment names no home.
 */
export function ownFolder(env: Readonly<Record<string, string | undefined>>): string | undefined {
  const base = env["XDG_CONFIG_HOME"] || env["APPDATA"];
  if (base) return `${base}/ftp`;
  const home = env["HOME"] || env["USERPROFILE"];
  return home ? `${home}/.config/ftp` : undefined;
}
