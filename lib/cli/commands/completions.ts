export const completionsCommand = {};
