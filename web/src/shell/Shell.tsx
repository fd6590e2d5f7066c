// The frame of every page behind sign-in: navigation, header, Ctrl+K, keys, and the live socket.
import { LiveProvider } from '@/live/live';
import { SessionGate } from '@/session/session';
import { PageSkeleton } from '@/ui/Skeletons';
import { AppShell } from '@mantine/core';
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
    <AppShell
      header={{ height: 56 }}
      navbar={{ width: 208, breakpoint: 'sm', collapsed: { mobile: true } }}
      footer={{ height: { base: 60, sm: 0 } }}
      padding={{ base: 'md', md: 'lg' }}
    >
      <a href="#content" className={classes.skip}>Skip to content</a>
      <AppShell.Header><Header /></AppShell.Header>
      <AppShell.Navbar visibleFrom="sm"><Navigation /></AppShell.Navbar>
      <AppShell.Main id="content" tabIndex={-1} className={classes.page}>
        <Suspense fallback={<PageSkeleton />}><Outlet /></Suspense>
      </AppShell.Main>
      <AppShell.Footer hiddenFrom="sm"><Navigation bar /></AppShell.Footer>
    </AppShell>
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
