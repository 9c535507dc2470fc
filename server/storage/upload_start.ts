// What an upload begins with: nothing, what is unfinished of it, or the first bytes of the file it replaces.

import { Fault } from "../../shared/fault.ts";
import type { VirtualPath } from "../../shared/virtual_path.ts";
import { DiskUpload, type UploadPlan, type UploadWorld } from "./disk_upload.ts";
import { startDirectUpload } from "./direct_upload.ts";
import { placeOf } from "./disk_usage.ts";
import { eachChunk } from "./file_digest.ts";
import type { HostPath, Place } from "./jailed_path.ts";
import type { Upload, WriteOptions } from "./storage.ts";
import { digestCarriedOn, digestFor } from "./upload_digest.ts";
import type { UploadPart } from "./upload_part.ts";
import { type RoomNeeds, UploadRoom } from "./upload_room.ts";

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
): Promise<Upload> {
  const there = place.target?.stat.size;
  const append = options.mode === "append";
  const offset = options.mode === "replace" ? options.offset ?? 0 : 0;
  if ((append || offset > 0) && (there === undefined || options.base === "unfinished")) {
    const part = await world.folder.claim(path);
    if (part !== undefined) return await resume(world, path, place, part, options);
    // What was to be carried on has just been finished, or swept: the file is another thing.
    if (options.base === "unfinished") throw new Fault("bad-restart", { about: path });
  }
  if (world.uploads === "direct") return await startDirectUpload(world, path, place, options);
  if (append && there !== undefined) return await overCopy(world, path, place, there, options);
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

/**
 * Carries on where the last one stopped. Its first bytes are not read again: it is digested on the way only where
 * they have just been, to prove them.
 */
async function resume(
  world: UploadWorld,
  path: VirtualPath,
  place: Place,
  part: UploadPart,
  options: WriteOptions,
): Promise<DiskUpload> {
  try {
    const before = part.file.stat();
    const { size } = before;
    const offset = options.mode === "append" ? size : options.offset ?? 0;
    if (offset > size) throw new Fault("bad-restart", { about: path });
    const needs = needsOf(part.host, place, offset);
    const room = await UploadRoom.open(world, needs, () => ({
      kept: { bytes: -size, files: -1 },
      act: () => part.file.truncate(offset),
    }));
    return await upload(world, path, options, {
      part,
      room,
      offset,
      digest: offset === size ? digestCarriedOn(world.digested, before, options) : undefined,
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
      digest?.take(bytes);
      await written;
    }, options.signal);
  } catch (error) {
    await room.abandon(() => part.remove());
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
  await world.folder.makeRoom();
  const writes = world.folder.newPlace(path, kind);
  const room = await UploadRoom.open(world, needsOf(writes, place, 0));
  try {
    return { part: world.folder.create(path, writes, Date.now()), room };
  } catch (error) {
    await room.abandon(() => {});
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

/** It writes a part, and will replace the file at its place. */
function needsOf(part: HostPath, place: Place, bytes: number): RoomNeeds {
  const target = place.target?.host ?? place.host;
  return { place: placeOf(part), on: part, target, bytes };
}
