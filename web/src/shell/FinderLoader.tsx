// Loads the finder when it is first asked for, by Ctrl+K or the button.
import { useHotkeys } from '@mantine/hooks';
import { lazy, Suspense, useEffect, useState } from 'react';
import { onOpenFinder, openFinder } from './finder';

const Finder = lazy(() => import('./Finder'));

export function FinderLoader() {
  const [wanted, setWanted] = useState(false);
  useEffect(() => onOpenFinder(() => setWanted(true)), []);
  useHotkeys([['mod+K', openFinder]], []);
  return wanted ? (
    <Suspense fallback={null}>
      <Finder openAtOnce />
    </Suspense>
  ) : null;
}
