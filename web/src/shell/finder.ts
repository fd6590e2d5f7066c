// Opens Ctrl+K from anywhere. The finder itself is loaded when it is first wanted.
type Listener = () => void;
const listeners = new Set<Listener>();

export function openFinder(): void {
  for (const listener of listeners) listener();
}

export function onOpenFinder(listener: Listener): () => void {
  listeners.add(listener);
  return () => void listeners.delete(listener);
}
