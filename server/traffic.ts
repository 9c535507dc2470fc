// What moves in one thread: bytes counted for those who watch, and the rates that accounts may have.

import { RateAllowance } from "../shared/rate_limit.ts";
import type { Account } from "./accounts/accounts.ts";
import type { AccountMoves, FinishedBytes } from "./runtime/transfer_board.ts";

/** An account's transfers in one direction, while there are any. */
interface Lane {
  readonly account: string;
  readonly sends: boolean;
  readonly allowance: RateAllowance;
  /** What the account may move in all threads; infinite where it has no limit, until it gets one. */
  accountRate: number;
  users: number;
}

/** A transfer's place in the traffic. Disposing it counts its bytes as moved. */
export interface Ride extends Disposable {
  /** What the transfer shares with the account's others, limited or not; `undefined` without an account. */
  readonly allowance: RateAllowance | undefined;
}

/**
 * The traffic of a thread. An account's rate holds for all its sessions together: those of one thread
 * share one allowance; threads share by how many transfers each has, as they told each other last.
 */
export class Traffic {
  readonly #lanes = new Map<string, Lane>();
  #finished: FinishedBytes = { receivedBytes: 0, sentBytes: 0 };

  /** A transfer begins. @param movedBytes tells how much it moved, at its end. */
  begin(account: Account | undefined, sends: boolean, movedBytes: () => number): Ride {
    const lane = account && this.#laneOf(account, sends);
    return {
      allowance: lane?.allowance,
      [Symbol.dispose]: () => {
        if (lane !== undefined && --lane.users === 0) this.#lanes.delete(keyOf(lane));
        const { receivedBytes, sentBytes } = this.#finished;
        this.#finished = sends
          ? { receivedBytes, sentBytes: sentBytes + movedBytes() }
          : { receivedBytes: receivedBytes + movedBytes(), sentBytes };
      },
    };
  }

  /** Whether anything that runs has a limit. */
  get isLimited(): boolean {
    return this.#lanes.values().some(({ accountRate }) => accountRate < Infinity);
  }

  /** Gives each limited account this thread's share of its rate. */
  share(moves: readonly AccountMoves[]): void {
    for (const lane of this.#lanes.values()) {
      const all = moves.find(({ account, sends }) =>
        account === lane.account && sends === lane.sends
      );
      // What others told may be older than what happens here.
      const transfers = Math.max(lane.users, all?.transfers ?? 0);
      lane.allowance.bytesPerSecond = lane.accountRate * lane.users / transfers;
    }
  }

  /** Puts an account's changed rates into effect. */
  adjust(account: Account): void {
    for (const sends of [true, false]) {
      const lane = this.#lanes.get(keyOf({ account: account.name, sends }));
      if (lane === undefined) continue;
      lane.accountRate = rateOf(account, sends);
      lane.allowance.bytesPerSecond = lane.accountRate;
    }
  }

  /** Bytes of transfers that ended since this was asked last. */
  takeFinished(): FinishedBytes {
    const finished = this.#finished;
    this.#finished = { receivedBytes: 0, sentBytes: 0 };
    return finished;
  }

  #laneOf(account: Account, sends: boolean): Lane {
    const accountRate = rateOf(account, sends);
    const key = keyOf({ account: account.name, sends });
    const lane = this.#lanes.get(key) ?? {
      account: account.name,
      sends,
      allowance: new RateAllowance(accountRate),
      accountRate,
      users: 0,
    };
    lane.users++;
    this.#lanes.set(key, lane);
    return lane;
  }
}

function rateOf(account: Account, sends: boolean): number {
  return (sends ? account.downloadRate : account.uploadRate) ?? Infinity;
}

function keyOf({ account, sends }: Pick<Lane, "account" | "sends">): string {
  return `${sends ? "down" : "up"} ${account}`;
}
