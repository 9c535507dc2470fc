// What an upload begins with: nothing, what is unfinished of it, or the first bytes of the file it replaces.

import { Fault } from "../../shared/fault.ts";
import { createHasher } from "../../shared/hash.ts";
import type { VirtualPath } from "../../shared/virtual_path.ts";
import { DiskUpload, type UploadPlan, type UploadWorld } from "./disk_upload.ts";
import { eachChunk } from "./file_digest.ts";
import type { Place } from "./jailed_path.ts";
import type { WriteOptions } from "./storage.ts";
import type { UploadPart } from "./upload_part.ts";

/**
 * Starts an upload to a place that was found free or replaceable.
 *
 * @throws Fault `bad-restart` when the offset is beyond what is there; `aborted`
 */
export async function startUpload(
  world: UploadWorld,
  path: VirtualPath,
  place: Place,
  options: WriteOptions,
): Promise<DiskUpload> {
  const there = place.target?.stat.size;
  if (options.mode === "append" && there !== undefined) {
    return await overCopy(world, path, there, options);
  }
  const offset = options.mode === "replace" ? options.offset ?? 0 : 0;
  if (options.mode === "append" || offset > 0) {
    const part = await world.folder.claim(path);
    if (part !== undefined) return resume(world, path, part, options);
  }
  if (offset === 0) return fresh(world, path, options);
  if (offset > (there ?? 0)) throw new Fault("bad-restart", { about: path });
  return await overCopy(world, path, offset, options);
}

function fresh(world: UploadWorld, path: VirtualPath, options: WriteOptions): DiskUpload {
  const part = world.folder.create(path, "part", Date.now());
  return upload(world, path, part, options, { offset: 0, digest: digestFor(options) });
}

/** Carries on where the last one stopped. Its first bytes are not read again: no digest on the way. */
function resume(
  world: UploadWorld,
  path: VirtualPath,
  part: UploadPart,
  options: WriteOptions,
): DiskUpload {
  try {
    const { size } = part.file.stat();
    const offset = options.mode === "append" ? size : options.offset ?? 0;
    if (offset > size) throw new Fault("bad-restart", { about: path });
    part.file.truncate(offset);
    return upload(world, path, part, options, { offset, digest: undefined, resumed: true });
  } catch (error) {
    part.release();
    throw error;
  }
}

/** Begins with the first bytes of the file that is there; it stays as it is until the commit. */
async function overCopy(
  world: UploadWorld,
  path: VirtualPath,
  offset: number,
  options: WriteOptions,
): Promise<DiskUpload> {
  using file = world.jail.open(path);
  if (offset > file.stat().size) throw new Fault("bad-restart", { about: path });
  const part = world.folder.create(path, "copy", Date.now());
  const digest = digestFor(options);
  try {
    await eachChunk(file, { start: 0, end: offset }, async (bytes) => {
      const written = part.file.append(bytes);
      digest?.hasher.update(bytes);
      await written;
    }, options.signal);
  } catch (error) {
    part.remove();
    throw error;
  }
  return upload(world, path, part, options, { offset, digest });
}

function upload(
  world: UploadWorld,
  path: VirtualPath,
  part: UploadPart,
  options: WriteOptions,
  rest: Pick<UploadPlan, "offset" | "digest"> & { readonly resumed?: boolean },
): DiskUpload {
  const create = options.mode === "create";
  return new DiskUpload(world, { path, part, create, resumed: false, ...rest });
}

function digestFor({ digest: algorithm }: WriteOptions): UploadPlan["digest"] {
  return algorithm && { algorithm, hasher: createHasher(algorithm) };
}
