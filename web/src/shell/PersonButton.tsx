// Oneself, at the top right. The menu is loaded when it is first opened.
import { lazy, Suspense, useState } from 'react';
import { PersonFace } from './PersonFace';

const PersonMenu = lazy(() => import('./PersonMenu'));

export function PersonButton() {
  const [wanted, setWanted] = useState(false);
  const face = <PersonFace aria-haspopup="menu" aria-expanded={false} onClick={() => setWanted(true)} />;
  return wanted ? <Suspense fallback={face}><PersonMenu /></Suspense> : face;
}
