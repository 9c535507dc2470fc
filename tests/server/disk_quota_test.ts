// The quota contract, kept by the disk and its books in SQLite.

import { TrialQuota } from "../support/trial_quota.ts";
import { quotaContract } from "./quota_contract.ts";

quotaContract("disk", (limit) => TrialQuota.open(limit));
