// The storage contract, kept by the disk.

import { openTrialDisk } from "../support/trial_disk.ts";
import { storageContract } from "./storage_contract.ts";
import { uploadContract } from "./upload_contract.ts";

storageContract("disk", () => openTrialDisk());
uploadContract("disk", () => openTrialDisk());
