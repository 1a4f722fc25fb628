// Is the page light or dark? As the reader's system says, until the button says otherwise; the browser remembers it. Serves
// whoever reads the page, and the parts that draw in colours of their own.

const KEY = 'memprof-report-theme';

type Theme = 'light' | 'dark';

const drawn: (() => void)[] = [];

/** Calls back now, and when the colours change. */
export function whenThemed(draw: () => void): void {
  drawn.push(draw);
  draw();
}

/** What a colour is called in the page's styles, as it is now. */
export function color(name: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
}

export function isDark(): boolean {
  const { theme } = document.documentElement.dataset;
  return theme === undefined ? matchMedia('(prefers-color-scheme: dark)').matches : theme === 'dark';
}

export function startTheme(button: HTMLElement): void {
  const known = remembered();
  if (known) document.documentElement.dataset.theme = known;
  const say = () => {
    button.textContent = isDark() ? 'Light theme' : 'Dark theme';
    for (const draw of drawn) draw();
  };
  button.addEventListener('click', () => {
    const next: Theme = isDark() ? 'light' : 'dark';
    document.documentElement.dataset.theme = next;
    remember(next);
    say();
  });
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', say);
  say();
}

// A page that was opened from a file may be given no storage.
function remembered(): Theme | undefined {
  try {
    const theme = localStorage.getItem(KEY);
    return theme === 'light' || theme === 'dark' ? theme : undefined;
  } catch {
    return undefined;
  }
}

function remember(theme: Theme): void {
  try {
    localStorage.setItem(KEY, theme);
  } catch {
    // Then it holds until the page is closed.
  }
}
