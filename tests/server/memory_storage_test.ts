// The storage contract, kept by a second backend: nothing in it depends on a disk.

import { MemoryStorage } from "../support/memory_storage.ts";
import type { Limit } from "../support/trial_quota.ts";
import { quotaContract } from "./quota_contract.ts";
import { storageContract, type StorageOnTrial } from "./storage_contract.ts";
import { uploadContract } from "./upload_contract.ts";

storageContract("memory", () => openMemory());
uploadContract("memory", () => openMemory());
quotaContract("memory", openMemory);

function openMemory(limit?: Limit): Promise<StorageOnTrial> {
  const storage = new MemoryStorage(limit);
  return Promise.resolve({ storage, [Symbol.asyncDispose]: () => Promise.resolve() });
}
