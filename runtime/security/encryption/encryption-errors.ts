/** What was read is not what was encrypted here: changed, or brought from another place. Nothing of it is given. */
export class TamperedValueError extends Error {
  override readonly name = "TamperedValueError";

  /** @param path of the value within its record. */
  constructor(readonly path: string) {
    super(`${path}: must be as it was encrypted for this place, and is not`);
  }
}

/** A format that this version does not know: it was written by a newer one, or is a text that only looks encrypted. */
export class UnknownFormatError extends Error {
  override readonly name = "UnknownFormatError";

  constructor(readonly path: string) {
    super(`${path}: must be of a known format of encryption, and is not`);
  }
}

/** There is no such key of this subject, and the subject was not forgotten: a wrong store of keys, or a value of another's. */
export class UnknownKeyError extends Error {
  override readonly name = "UnknownKeyError";

  constructor(readonly path: string) {
    super(`${path}: must have a key of its subject, and has none that is known`);
  }
}

/** Where only what is encrypted may stand, something stands that is not. */
export class UnencryptedValueError extends Error {
  override readonly name = "UnencryptedValueError";

  constructor(readonly path: string) {
    super(`${path}: must be encrypted, and is not`);
  }
}

/** Nothing more may be written of a subject that was forgotten. */
export class ForgottenSubjectError extends Error {
  override readonly name = "ForgottenSubjectError";

  constructor() {
    super("the subject was forgotten, and nothing can be written of it");
  }
}
