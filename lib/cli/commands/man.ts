export const manCommand = {};
