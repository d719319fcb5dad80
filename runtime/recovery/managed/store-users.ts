import type { Waiting } from "../../keys/wrapping-keys";

export interface Login {
  readonly username: string;
  readonly password: string;
}

/** Users of the event store itself. All throw `ManagedStoreUnavailableError` when it isn't known what came of it. */
export interface StoreUsers {
  /** Whether somebody may sign in so. */
  signsIn(login: Login, waiting?: Waiting): Promise<boolean>;

  /** Gives somebody another password, by their own sign-in. False when that is refused; nothing is changed then. */
  changePassword(login: Login, next: string, waiting?: Waiting): Promise<boolean>;
}
