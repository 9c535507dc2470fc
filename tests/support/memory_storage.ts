// Storage in memory, as small as the contract allows: it shows that the contract is not the disk's.
// deno-lint-ignore-file require-await -- what throws must reject, so all of it is async

import type { Entry } from "../../shared/entry.ts";
import { Fault } from "../../shared/fault.ts";
import { createHasher, type HashAlgorithm } from "../../shared/hash.ts";
import { isWithin, nameOf, parentOf, ROOT, type VirtualPath } from "../../shared/virtual_path.ts";
import { type Powers, unlimitedPowers } from "../../server/storage/powers.ts";
import {
  type Amount,
  difference,
  NO_AMOUNT,
  type QuotaState,
  roomIn,
  sum,
} from "../../server/storage/quota_books.ts";
import type {
  DigestOptions,
  PendingUpload,
  Storage,
  StoredFile,
  Upload,
  WriteOptions,
} from "../../server/storage/storage.ts";

import type { Limit } from "./trial_quota.ts";

type Bytes = Uint8Array<ArrayBuffer>;
type Node = { readonly content: Bytes | undefined; modifiedMs: number };

/** Few, so that a handful of names has borders of batches in it. */
const BATCH_ENTRIES = 2;
const LIMIT_BYTES = 64 * 1024 * 1024;
const NAME_LIMIT_BYTES = 255;

/** Files that live as long as this object. */
export class MemoryStorage implements Storage {
  readonly abilities = { setModified: true, setMode: false };
  readonly #nodes = new Map<VirtualPath, Node>([[ROOT, directory()]]);
  readonly #unfinished = new Map<VirtualPath, { content: Bytes; sinceMs: number }>();
  readonly #running = new Set<Running>();
  readonly #limit: Limit;

  constructor(limit: Limit = {}) {
    this.#limit = limit;
  }

  powers(path: VirtualPath): Powers {
    return unlimitedPowers(path);
  }

  async stat(path: VirtualPath): Promise<Entry> {
    return this.#entry(path);
  }

  async *list(path: VirtualPath, signal?: AbortSignal): AsyncGenerator<readonly Entry[]> {
    if (this.#find(path).content !== undefined) throw new Fault("not-a-directory");
    const paths = [...this.#nodes.keys()].filter((each) =>
      each !== ROOT && parentOf(each) === path
    );
    for (let at = 0; at < paths.length; at += BATCH_ENTRIES) {
      if (signal?.aborted) throw new Fault("aborted");
      yield paths.slice(at, at + BATCH_ENTRIES).map((each) => this.#entry(each));
    }
  }

  async *names(path: VirtualPath, signal?: AbortSignal): AsyncGenerator<readonly string[]> {
    for await (const batch of this.list(path, signal)) yield batch.map(({ name }) => name);
  }

  async read(path: VirtualPath, offset: number): Promise<StoredFile> {
    const content = this.#content(path);
    if (offset > content.length) throw new Fault("bad-restart");
    let at = offset;
    return {
      entry: this.#entry(path),
      read(into) {
        const part = content.subarray(at, at + into.length);
        into.set(part);
        at += part.length;
        return Promise.resolve(part.length || null);
      },
      [Symbol.asyncDispose]: () => Promise.resolve(),
    };
  }

  async write(path: VirtualPath, options: WriteOptions): Promise<Upload> {
    const there = this.#nodes.get(path);
    if (there && there.content === undefined) throw new Fault("is-a-directory");
    this.#requireRoom(path);
    if (options.mode === "create" && there) throw new Fault("exists");
    if ((options.announcedSize ?? 0) > LIMIT_BYTES) throw new Fault("no-space");
    const [begin, resumed] = this.#beginning(path, there?.content, options);
    return this.#upload(path, begin, resumed, options);
  }

  async unfinished(path: VirtualPath): Promise<number | undefined> {
    return this.#unfinished.get(path)?.content.length;
  }

  async removeFile(path: VirtualPath): Promise<void> {
    this.#content(path);
    this.#nodes.delete(path);
    this.#unbind(path);
  }

  async removeDirectory(path: VirtualPath): Promise<void> {
    if (path === ROOT) throw new Fault("denied");
    if (this.#find(path).content !== undefined) throw new Fault("not-a-directory");
    for (const each of this.#nodes.keys()) {
      if (parentOf(each) === path) throw new Fault("not-empty");
    }
    this.#nodes.delete(path);
  }

  async createDirectory(path: VirtualPath): Promise<void> {
    if (this.#nodes.has(path)) throw new Fault("exists");
    this.#requireRoom(path);
    this.#nodes.set(path, directory());
  }

  async rename(from: VirtualPath, to: VirtualPath): Promise<void> {
    if (from === ROOT) throw new Fault("denied");
    const moved = this.#find(from);
    if (from === to) return;
    if (isWithin(to, from)) throw new Fault("denied");
    this.#requireRoom(to);
    const there = this.#nodes.get(to);
    this.#unbind(from);
    if (there && !(there.content && moved.content)) throw new Fault("exists");
    for (const [path, node] of [...this.#nodes]) {
      if (!isWithin(path, from)) continue;
      this.#nodes.delete(path);
      this.#nodes.set((to + path.slice(from.length)) as VirtualPath, node);
    }
  }

  async setModified(path: VirtualPath, modifiedMs: number): Promise<void> {
    this.#find(path).modifiedMs = modifiedMs;
  }

  async setMode(): Promise<number> {
    throw new Fault("unsupported");
  }

  async digest(
    path: VirtualPath,
    algorithm: HashAlgorithm,
    { range, base, signal }: DigestOptions = {},
  ): Promise<string> {
    const asked = base === "unfinished" || !this.#nodes.has(path);
    const unfinished = asked ? this.#unfinished.get(path)?.content : undefined;
    if (base === "unfinished" && unfinished === undefined) throw new Fault("not-found");
    const content = unfinished ?? this.#content(path);
    const { start, end } = range ?? { start: 0, end: content.length };
    if (start > end || end > content.length) throw new Fault("bad-restart");
    if (signal?.aborted) throw new Fault("aborted");
    const hasher = createHasher(algorithm);
    hasher.update(content.subarray(start, end));
    return hasher.digest();
  }

  async quota(): Promise<QuotaState | undefined> {
    const { bytes, files } = this.#limit;
    if (bytes === undefined && files === undefined) return undefined;
    return { used: this.#used(), limit: { bytes, files } };
  }

  async *pending(): AsyncGenerator<PendingUpload> {
    for (const [path, { content, sinceMs }] of [...this.#unfinished]) {
      yield { path, received: content.length, sinceMs };
    }
  }

  async forget(path: VirtualPath): Promise<void> {
    if (!this.#unfinished.delete(path)) throw new Fault("not-found");
  }

  async space(): Promise<number> {
    const quota = await this.quota();
    return Math.min(LIMIT_BYTES, quota === undefined ? Infinity : roomIn(quota));
  }

  #find(path: VirtualPath): Node {
    const node = this.#nodes.get(path);
    if (node === undefined) throw new Fault("not-found", { about: path });
    return node;
  }

  #content(path: VirtualPath): Bytes {
    const { content } = this.#find(path);
    if (content === undefined) throw new Fault("is-a-directory", { about: path });
    return content;
  }

  #entry(path: VirtualPath): Entry {
    const { content, modifiedMs } = this.#find(path);
    const type = content === undefined ? "directory" : "file";
    return { name: nameOf(path), type, size: content?.length ?? 0, modifiedMs };
  }

  #requireRoom(path: VirtualPath): void {
    if (this.#nodes.get(parentOf(path))?.content !== undefined) throw new Fault("not-found");
    this.#find(parentOf(path));
    if (new TextEncoder().encode(nameOf(path)).length > NAME_LIMIT_BYTES) {
      throw new Fault("bad-name");
    }
  }

  /** What the upload's content begins with, and whether that was an unfinished upload. */
  #beginning(path: VirtualPath, file: Bytes | undefined, options: WriteOptions): [Bytes, boolean] {
    const append = options.mode === "append";
    const offset = options.offset ?? 0;
    if ((!append && offset === 0) || options.mode === "create") return [new Uint8Array(), false];
    const carriesOn = options.base === "unfinished" || file === undefined;
    const unfinished = carriesOn ? this.#unfinished.get(path)?.content : undefined;
    if (options.base === "unfinished" && !unfinished) throw new Fault("bad-restart");
    const begin = unfinished ?? file ?? new Uint8Array();
    if (offset > begin.length) throw new Fault("bad-restart");
    if (unfinished !== undefined) this.#unfinished.delete(path);
    return [append ? begin : begin.slice(0, offset), unfinished !== undefined];
  }

  #upload(path: VirtualPath, begin: Bytes, resumed: boolean, options: WriteOptions): Upload {
    const parts: Bytes[] = [begin];
    const running: Running = { path, bytes: 0, replaces: undefined };
    this.#running.add(running);
    let open = true, refused = false;
    const grow = (bytes: number) => {
      try {
        this.#grow(running, bytes);
      } catch (fault) {
        refused = true;
        throw fault;
      }
    };
    const content = () => joined(refused ? parts.slice(0, 1) : parts);
    const end = () => {
      open = false;
      this.#running.delete(running);
    };
    const keep = () => {
      if (open && (resumed || (parts.length > 1 && !refused))) {
        this.#unfinished.set(path, { content: content(), sinceMs: Date.now() });
      }
      end();
    };
    try {
      grow(Math.max(begin.length, options.announcedSize ?? 0));
    } catch (fault) {
      keep();
      throw fault;
    }
    return {
      offset: begin.length,
      foresee() {},
      write: async (bytes) => {
        if (!open) throw new Fault("aborted");
        grow(joined(parts).length + bytes.length);
        if (bytes.length > 0) parts.push(new Uint8Array(bytes));
      },
      commit: async (signal) => {
        if (signal?.aborted) throw new Fault("aborted");
        if (!open) throw new Fault("aborted");
        if (options.mode === "create" && this.#nodes.has(path)) throw new Fault("exists");
        grow(content().length);
        this.#nodes.set(path, { content: content(), modifiedMs: Date.now() });
        this.#unfinished.delete(path);
        end();
        return this.#entry(path);
      },
      discard: () => Promise.resolve(end()),
      [Symbol.asyncDispose]: async () => keep(),
    };
  }

  /** The file that is replaced makes room, for one upload. */
  #grow(running: Running, bytes: number): void {
    const others = [...this.#running].filter((each) => each !== running);
    const isTaken = others.some((each) => each.path === running.path && each.replaces);
    running.replaces = isTaken ? undefined : this.#nodes.get(running.path);
    const before = running.bytes;
    running.bytes = Math.max(bytes, before);
    const used = this.#used();
    const { bytes: most = Infinity, files = Infinity } = this.#limit;
    if (used.bytes <= most && used.files <= files) return;
    running.bytes = before;
    throw new Fault("over-quota");
  }

  #used(): Amount {
    const stored = [...this.#nodes.values()].flatMap(({ content }) => content ?? []);
    const unfinished = [...this.#unfinished.values()].map(({ content }) => content);
    let used: Amount = NO_AMOUNT;
    for (const { length } of [...stored, ...unfinished]) {
      used = sum(used, { bytes: length, files: 1 });
    }
    for (const { bytes, replaces } of this.#running) {
      const replaced = { bytes: replaces?.content?.length ?? 0, files: replaces ? 1 : 0 };
      used = sum(used, difference({ bytes, files: 1 }, replaced));
    }
    return used;
  }

  /** What was there is there no more: no upload replaces it. */
  #unbind(path: VirtualPath): void {
    for (const each of this.#running) if (isWithin(each.path, path)) each.replaces = undefined;
  }
}

/** An upload that runs, as the quota sees it. */
interface Running {
  readonly path: VirtualPath;
  bytes: number;
  replaces: Node | undefined;
}

function joined(parts: readonly Bytes[]): Bytes {
  const whole = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  parts.reduce((offset, part) => (whole.set(part, offset), offset + part.length), 0);
  return whole;
}

function directory(): Node {
  return { content: undefined, modifiedMs: Date.now() };
}
