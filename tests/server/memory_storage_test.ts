// The storage contract, kept by a second backend: nothing in it depends on a disk.

import { MemoryStorage } from "../support/memory_storage.ts";
import { storageContract, type StorageOnTrial } from "./storage_contract.ts";
import { uploadContract } from "./upload_contract.ts";

storageContract("memory", openMemory);
uploadContract("memory", openMemory);

function openMemory(): Promise<StorageOnTrial> {
  const storage = new MemoryStorage();
  return Promise.resolve({ storage, [Symbol.asyncDispose]: () => Promise.resolve() });
}
