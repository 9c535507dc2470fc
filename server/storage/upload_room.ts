// Room for one upload while it runs: in the account's quota, and above the disk's floor.

import { Fault } from "../../shared/fault.ts";
import { amountAt, placeOf } from "./disk_usage.ts";
import type { HostFiles } from "./host_files.ts";
import { directoryOf, type HostPath } from "./jailed_path.ts";
import type { AccountBooks, Booking } from "./quota_books.ts";

/** The disk is asked for its space after so much has come: it is filled by others too. */
const LOOK_EVERY_BYTES = 16 * 1024 * 1024;

/** What uploads need to know about room. */
export interface RoomWorld {
  readonly files: HostFiles;
  readonly books: AccountBooks;
  /** Without links in it; what lies elsewhere is not the account's. */
  readonly root: HostPath;
  /** Bytes that stay free on the disk. */
  readonly floorBytes: number;
}

/** How an upload begins. */
export interface RoomNeeds {
  /** What it writes. */
  readonly writes: HostPath;
  /** Where it goes. */
  readonly target: HostPath;
  /** Bytes it has from the start. */
  readonly bytes: number;
}

/** The room of one upload. */
export class UploadRoom {
  readonly #world: RoomWorld;
  readonly #id: string;
  readonly #needs: RoomNeeds;
  /** It may grow to this size without asking again. */
  #grantedBytes: number;
  #heldBytes: number;

  private constructor(world: RoomWorld, id: string, needs: RoomNeeds) {
    this.#world = world;
    this.#id = id;
    this.#needs = needs;
    this.#grantedBytes = this.#heldBytes = needs.bytes;
  }

  /**
   * Makes room for a file that is about to be written. `step` says what else changes with that.
   *
   * @throws Fault `over-quota`
   */
  static async open(
    world: RoomWorld,
    needs: RoomNeeds,
    step: () => Booking<void> = () => ({ act() {} }),
  ): Promise<UploadRoom> {
    const id = crypto.randomUUID();
    const { files, books, root } = world;
    const { writes, target, bytes } = needs;
    const hold = { id, place: placeOf(writes), target };
    await books.change(() => ({
      ...step(),
      opens: { hold, bytes, replaces: amountAt(files, target, root) },
    }));
    return new UploadRoom(world, id, needs);
  }

  /**
   * Lets the upload have so many bytes in all.
   *
   * @returns nothing where there is room already; else it resolves when there is.
   * @throws Fault `over-quota`, `no-space`, in the promise
   */
  require(bytes: number): Promise<void> | undefined {
    return bytes <= this.#grantedBytes ? undefined : this.#grow(bytes);
  }

  /** The upload is over: `step` says what becomes of what was written. @throws Fault `over-quota` */
  close<T>(step: () => Booking<T>): Promise<T> {
    return this.#world.books.change(() => ({ ...step(), closes: this.#id }));
  }

  async #grow(need: number): Promise<void> {
    const { files, books, root, floorBytes } = this.#world;
    const { writes, target } = this.#needs;
    const growth = { need, replaces: () => amountAt(files, target, root) };
    if (need > this.#heldBytes) this.#heldBytes = await books.grow(this.#id, growth);
    const free = await files.space(directoryOf(writes)) - floorBytes;
    // What was granted before is not all written yet; the disk, unlike the quota, is never exact.
    if (free < need - this.#grantedBytes) throw new Fault("no-space");
    const lookAgain = need + Math.min(LOOK_EVERY_BYTES, free / 2);
    this.#grantedBytes = Math.min(this.#heldBytes, Math.floor(lookAgain));
  }
}
