// Room for one upload while it runs: in the account's quota, and above the disk's floor.

import { Fault } from "../../shared/fault.ts";
import { amountAt } from "./disk_usage.ts";
import type { HostFiles } from "./host_files.ts";
import { directoryOf, type HostPath } from "./jailed_path.ts";
import { type AccountBooks, type Amount, type Booking, NO_AMOUNT } from "./quota_books.ts";

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
  /** What it writes, as the books call it: {@linkcode placeOf}. */
  readonly place: string;
  /** A path on the disk that it fills. */
  readonly on: HostPath;
  /** The file it will replace; none is replaced where it writes that file itself. */
  readonly target?: HostPath;
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
    const { place, target = "", bytes } = needs;
    await world.books.change(() => {
      const replaces = () => replacedBy(needs, world);
      return { ...step(), opens: { hold: { id, place, target }, bytes, replaces } };
    });
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

  /** The upload is given up, and nothing of it stays: that is always possible. */
  abandon(act: () => void): Promise<void> {
    return this.close(() => ({ unchecked: true, act }));
  }

  async #grow(need: number): Promise<void> {
    const { files, books, floorBytes } = this.#world;
    const growth = { need, replaces: () => replacedBy(this.#needs, this.#world) };
    if (need > this.#heldBytes) this.#heldBytes = await books.grow(this.#id, growth);
    const free = files.space(directoryOf(this.#needs.on)) - floorBytes;
    // What was granted before is not all written yet; the disk, unlike the quota, is never exact.
    if (free < need - this.#grantedBytes) throw new Fault("no-space");
    const lookAgain = need + Math.min(LOOK_EVERY_BYTES, free / 2);
    this.#grantedBytes = Math.min(this.#heldBytes, Math.floor(lookAgain));
  }
}

function replacedBy({ target }: RoomNeeds, { files, root }: RoomWorld): Amount {
  return target === undefined ? NO_AMOUNT : amountAt(files, target, root);
}
