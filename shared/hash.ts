// The digests both sides speak, by their registered names (draft-bryan-ftpext-hash, 3).

/** A hash algorithm as HASH and OPTS HASH name it. */
export type HashAlgorithm = "SHA-256" | "SHA-512" | "SHA-1" | "MD5" | "CRC32";
