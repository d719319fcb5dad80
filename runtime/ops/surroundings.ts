/** What a run of the tool has around it. */
export interface Surroundings {
  readonly environment: NodeJS.ProcessEnv;
  /** For reports. */
  readonly out: (text: string) => void;
  /** For progress and errors. */
  readonly progress: (text: string) => void;
  /** Whether somebody watches the progress: a bar for him, and lines of JSON for a log. */
  readonly isTerminal: boolean;
  readonly signal: AbortSignal;
}
