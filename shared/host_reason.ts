// Why the host's file system said no, in words for people.

/** What happened, as the end of a line `ftp: tried: happened`. */
export function hostReason(error: unknown): string {
  if (error instanceof Deno.errors.NotFound) return "there is no such file or folder";
  if (error instanceof Deno.errors.PermissionDenied) return "permission denied";
  // Below /dev and /proc; the runtime's own words speak of options that this program does not have.
  if (error instanceof Deno.errors.NotCapable) return "this program may not open it";
  if (error instanceof Deno.errors.NotADirectory) return "something that is no folder is there";
  if (error instanceof Deno.errors.AlreadyExists) return "something is there already";
  return error instanceof Error ? error.message : String(error);
}
