// The judgement of trust.ts carried out: what is remembered is recalled, a person is asked, a yes is kept.

import { NotTrusted } from "./failure.ts";
import { judge, type TrustPolicy, type TrustQuestion } from "./trust.ts";

/** @throws NotTrusted */
export async function confirmTrust(policy: TrustPolicy, question: TrustQuestion): Promise<void> {
  const { host, port, certificate } = question;
  const remembered = policy.kind === "known" ? await policy.memory.recall(host, port) : undefined;
  const judgement = judge(policy, certificate, remembered);
  if (judgement.kind === "trusted") return;
  if (judgement.kind === "refused") {
    throw new NotTrusted(judgement.reason, certificate, judgement.expected);
  }
  if (policy.kind !== "known" || !await policy.ask?.(question)) {
    throw new NotTrusted("unknown", certificate);
  }
  await policy.memory.remember(host, port, certificate.fingerprint);
}
