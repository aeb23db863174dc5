/** In the URL, stands for every outcome of a call that ended without success. */
export const UNSUCCESSFUL = 'unsuccessful';
