// Loads the toasts when the first one is to be shown.
type Listener = () => void;
const listeners = new Set<Listener>();

export const toastList = () => import('@mantine/notifications');

export function wantToasts(): void {
  for (const listener of listeners) listener();
}

export function onWantToasts(listener: Listener): () => void {
  listeners.add(listener);
  return () => void listeners.delete(listener);
}
