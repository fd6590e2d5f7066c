// Starts the app.
import { nonce } from './nonce';
import '@mantine/core/styles.css';
import { Anchor, Container, MantineProvider, Text, Title } from '@mantine/core';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { cssVariables, theme } from './theme';

const root = document.getElementById('root');
if (root === null) throw new Error('The page has no root.');
createRoot(root).render(
  <StrictMode>
    <MantineProvider theme={theme} cssVariablesResolver={cssVariables} defaultColorScheme="auto" getStyleNonce={() => nonce}>
      <Container component="main" size="xs" py="xl">
        <Title order={1}>Tributary</Title>
        <Text mt="sm">
          This server is running. How programs bring it deals is in the <Anchor href="/docs">API reference</Anchor>.
        </Text>
      </Container>
    </MantineProvider>
  </StrictMode>,
);
