// The frame of every page behind sign-in: navigation, header, Ctrl+K, keys, and the live socket.
import { LiveProvider } from '@/live/live';
import { SessionGate } from '@/session/session';
import { PageSkeleton } from '@/ui/Skeletons';
import { Outlet } from '@tanstack/react-router';
import { Suspense } from 'react';
import { AddDealProvider } from './add_deal';
import { FinderLoader } from './FinderLoader';
import { Header } from './Header';
import { KeySheetProvider } from './KeySheet';
import { Navigation } from './Navigation';
import classes from './shell.module.css';

function Frame() {
  return (
    <div className={classes.frame}>
      <a href="#content" className={classes.skip}>Skip to content</a>
      <header className={classes.header}><Header /></header>
      <Navigation />
      <main id="content" tabIndex={-1} className={classes.page}>
        <Suspense fallback={<PageSkeleton />}><Outlet /></Suspense>
      </main>
    </div>
  );
}

export function Shell() {
  return (
    <SessionGate>
      <LiveProvider>
        <AddDealProvider>
          <KeySheetProvider>
            <Frame />
            <FinderLoader />
          </KeySheetProvider>
        </AddDealProvider>
      </LiveProvider>
    </SessionGate>
  );
}
