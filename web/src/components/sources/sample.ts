// Loads the sample deals. A place holder until the import lands.
export function loadSample(): Promise<void> {
  return Promise.reject(new Error('There is no sample yet.'));
}
