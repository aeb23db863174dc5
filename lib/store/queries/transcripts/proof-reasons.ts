/** What the reasons of a proof mean, for people. */
export const REASON_TEXTS: Readonly<Record<string, string>> = {
  never_began: 'without a result, such as one that waited when Claude was ended',
  no_event: 'their version of Claude Code tells hooks nothing of them',
  recording_off: 'no hook was there, or recording was switched off',
  left_out: 'forgotten, or not to be kept',
};
