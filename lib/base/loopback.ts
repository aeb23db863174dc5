/**
 * True for a host of this machine, given as a name, as an address, or as the host of a URL. What is sent to
 * it does not leave the machine, and only users of this machine can reach a server there.
 */
export function isLoopback(host: string): boolean {
  return (
    host === 'localhost' || host === '::1' || host === '[::1]' || /^127(?:\.\d{1,3}){3}$/.test(host)
  );
}
