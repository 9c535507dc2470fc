// What an upload begins with: nothing, what is unfinished of it, or the first bytes of the file it replaces.

import { Fault } from "../../shared/fault.ts";
import { createHasher } from "../../shared/hash.ts";
import type { VirtualPath } from "../../shared/virtual_path.ts";
import { DiskUpload, type UploadPlan, type UploadWorld } from "./disk_upload.ts";
import { eachChunk } from "./file_digest.ts";
import type { HostPath, Place } from "./jailed_path.ts";
import type { WriteOptions } from "./storage.ts";
import type { UploadPart } from "./upload_part.ts";
import { UploadRoom } from "./upload_room.ts";

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
    return await overCopy(world, path, place, there, options);
  }
  const offset = options.mode === "replace" ? options.offset ?? 0 : 0;
  if (options.mode === "append" || offset > 0) {
    const part = await world.folder.claim(path);
    if (part !== undefined) return await resume(world, path, place, part, options);
  }
  if (offset === 0) return await fresh(world, path, place, options);
  if (offset > (there ?? 0)) throw new Fault("bad-restart", { about: path });
  return await overCopy(world, path, place, offset, options);
}

async function fresh(
  world: UploadWorld,
  path: VirtualPath,
  place: Place,
  options: WriteOptions,
): Promise<DiskUpload> {
  const { part, room } = await begin(world, path, place, "part");
  return await upload(world, path, options, { part, room, offset: 0, digest: digestFor(options) });
}

/** Carries on where the last one stopped. Its first bytes are not read again: no digest on the way. */
async function resume(
  world: UploadWorld,
  path: VirtualPath,
  place: Place,
  part: UploadPart,
  options: WriteOptions,
): Promise<DiskUpload> {
  try {
    const { size } = part.file.stat();
    const offset = options.mode === "append" ? size : options.offset ?? 0;
    if (offset > size) throw new Fault("bad-restart", { about: path });
    const needs = { writes: part.host, target: targetOf(place), bytes: offset };
    const room = await UploadRoom.open(world, needs, () => ({
      kept: { bytes: -size, files: -1 },
      act: () => part.file.truncate(offset),
    }));
    return await upload(world, path, options, {
      part,
      room,
      offset,
      digest: undefined,
      resumed: true,
    });
  } catch (error) {
    part.release();
    throw error;
  }
}

/** Begins with the first bytes of the file that is there; it stays as it is until the commit. */
async function overCopy(
  world: UploadWorld,
  path: VirtualPath,
  place: Place,
  offset: number,
  options: WriteOptions,
): Promise<DiskUpload> {
  using file = world.jail.open(path);
  if (offset > file.stat().size) throw new Fault("bad-restart", { about: path });
  const { part, room } = await begin(world, path, place, "copy");
  const digest = digestFor(options);
  try {
    await room.require(offset);
    await eachChunk(file, { start: 0, end: offset }, async (bytes) => {
      const written = part.file.append(bytes);
      digest?.hasher.update(bytes);
      await written;
    }, options.signal);
  } catch (error) {
    await room.close(() => ({ act: () => part.remove() }));
    throw error;
  }
  return await upload(world, path, options, { part, room, offset, digest });
}

/** A new part, and room for it. */
async function begin(
  world: UploadWorld,
  path: VirtualPath,
  place: Place,
  kind: "part" | "copy",
): Promise<{ readonly part: UploadPart; readonly room: UploadRoom }> {
  const writes = world.folder.newPlace(path, kind);
  const room = await UploadRoom.open(world, { writes, target: targetOf(place), bytes: 0 });
  try {
    return { part: world.folder.create(path, writes, Date.now()), room };
  } catch (error) {
    await room.close(() => ({ act() {} }));
    throw error;
  }
}

/** The upload, unless what was announced of it cannot fit. */
async function upload(
  world: UploadWorld,
  path: VirtualPath,
  { mode, announcedSize = 0 }: WriteOptions,
  rest: Omit<UploadPlan, "path" | "create" | "resumed"> & { readonly resumed?: boolean },
): Promise<DiskUpload> {
  const create = mode === "create";
  const begun = new DiskUpload(world, { path, create, resumed: false, ...rest });
  try {
    await rest.room.require(announcedSize);
    return begun;
  } catch (error) {
    await begun[Symbol.asyncDispose]();
    throw error;
  }
}

/** The file that will be the upload's, or be replaced by it. */
function targetOf(place: Place): HostPath {
  return place.target?.host ?? place.host;
}

function digestFor({ digest: algorithm }: WriteOptions): UploadPlan["digest"] {
  return algorithm && { algorithm, hasher: createHasher(algorithm) };
}
