// The keys one can press, and what they do. `?` opens the sheet.
import { useHotkeys } from '@mantine/hooks';
import { useNavigate } from '@tanstack/react-router';
import { createContext, lazy, Suspense, useContext, useEffect, useState, type ReactNode } from 'react';
import { useSession } from '@/session/session';
import { useAddDeal } from './add_deal';
import { focusSearch } from './focus_search';
import { places } from './pages';

const KeySheetModal = lazy(() => import('./KeySheetModal'));
const kSequenceMs = 1_200; // within which the second key must follow g

const KeySheetContext = createContext<() => void>(() => undefined);
export const useKeySheet = () => useContext(KeySheetContext);

const isTyping = (target: EventTarget | null) =>
  target instanceof HTMLElement && (target.isContentEditable || ['INPUT', 'TEXTAREA', 'SELECT'].includes(target.tagName));
const inDialog = () => document.querySelector('[role="dialog"]') !== null;

// g, then a letter: to a place.
function useGoTo() {
  const navigate = useNavigate();
  useEffect(() => {
    let since = 0;
    const pressed = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target) || inDialog()) return;
      if (event.key === 'g') {
        since = event.timeStamp;
        return;
      }
      const place = event.timeStamp - since < kSequenceMs ? places.find((one) => one.key === event.key) : undefined;
      since = 0;
      if (!place) return;
      event.preventDefault();
      void navigate({ to: place.to });
    };
    window.addEventListener('keydown', pressed);
    return () => window.removeEventListener('keydown', pressed);
  }, [navigate]);
}

export function KeySheetProvider({ children }: { children: ReactNode }) {
  const [opened, setOpened] = useState(false);
  const [wanted, setWanted] = useState(false);
  const show = () => {
    setWanted(true);
    setOpened(true);
  };
  const session = useSession();
  const addDeal = useAddDeal();
  useGoTo();
  useHotkeys([
    ['?', show],
    ['shift+?', show],
    ['n', () => session.can('write') && !inDialog() && addDeal()],
    ['/', () => !inDialog() && focusSearch()],
  ]);
  return (
    <KeySheetContext.Provider value={show}>
      {children}
      {wanted && <Suspense fallback={null}><KeySheetModal opened={opened} onClose={() => setOpened(false)} /></Suspense>}
    </KeySheetContext.Provider>
  );
}
