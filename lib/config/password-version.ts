import { wholeNumber } from "../core/rules";

/** Ours: a version counts rotations. */
const PASSWORD_VERSION = { min: 1, max: 10_000 } as const;

/** Raised by one, Terraform writes a new password. */
export const isPasswordVersion = wholeNumber(PASSWORD_VERSION);
