/** A wrong way to call a command: its message is shown above the command's usage, exit status 2. */
export class UsageError extends Error {}
