//! One primary window: a limit, what is used of it, and when it ends.

/// The window of one owner in one resource. Times are whole seconds since the Unix epoch.
#[derive(Debug, Clone)]
pub(crate) struct Window {
    limit: u32,
    used: u32,
    /// When it ends; none before its first request, because a window begins with that.
    reset: Option<u64>,
    length: u64,
}

/// A window as an answer tells it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct WindowView {
    /// Requests or points a window.
    pub limit: u32,
    /// What is left.
    pub remaining: u32,
    /// What was used; refused requests count on, so this may exceed the limit.
    pub used: u32,
    /// When it ends, in seconds since the Unix epoch.
    pub reset: u64,
}

impl Window {
    pub(crate) fn new(limit: u32, length_seconds: u64) -> Self {
        Self { limit, used: 0, reset: None, length: length_seconds.max(1) }
    }

    /// Begins a new window if there is none, or if the last has ended.
    fn roll(&mut self, now: u64) -> u64 {
        match self.reset {
            Some(reset) if now < reset => reset,
            _ => {
                self.used = 0;
                let reset = now + self.length;
                self.reset = Some(reset);
                reset
            }
        }
    }

    /// Whether a request can be served now; begins the window.
    pub(crate) fn open(&mut self, now: u64) -> bool {
        self.roll(now);
        self.used < self.limit
    }

    /// Takes points. It may be called without [`open`](Self::open) saying so: GraphQL's cost is known afterwards.
    pub(crate) fn charge(&mut self, now: u64, points: u32) {
        self.roll(now);
        self.used = self.used.saturating_add(points);
    }

    /// Gives points back: a conditional request that found nothing new.
    pub(crate) fn refund(&mut self, points: u32) {
        self.used = self.used.saturating_sub(points);
    }

    /// How it stands. Looking does not begin a window: it shows the one that would begin now.
    pub(crate) fn view(&self, now: u64) -> WindowView {
        match self.reset {
            Some(reset) if now < reset => WindowView {
                limit: self.limit,
                remaining: self.limit.saturating_sub(self.used),
                used: self.used,
                reset,
            },
            _ => WindowView { limit: self.limit, remaining: self.limit, used: 0, reset: now + self.length },
        }
    }

    /// Sets what is left, and optionally the end, of the window that runs now (a control for tests).
    pub(crate) fn set(&mut self, now: u64, remaining: u32, reset: Option<u64>) {
        self.roll(now);
        self.used = self.limit.saturating_sub(remaining);
        if let Some(reset) = reset {
            self.reset = Some(reset);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_window_begins_at_the_first_request_after_a_reset_and_not_by_itself() {
        let mut window = Window::new(2, 60);
        assert_eq!(window.view(1_000).reset, 1_060, "nothing runs yet: a look shows what would begin");
        assert!(window.open(1_010));
        window.charge(1_010, 1);
        assert_eq!(window.view(1_050), WindowView { limit: 2, remaining: 1, used: 1, reset: 1_070 });
        window.charge(1_069, 1);
        assert!(!window.open(1_069));
        assert!(window.open(1_500), "the reset gives everything back");
        assert_eq!(window.view(1_500).reset, 1_560);
    }

    #[test]
    fn what_is_sent_to_an_empty_window_still_counts_as_used() {
        let mut window = Window::new(1, 60);
        window.charge(5, 3);
        let view = window.view(5);
        assert_eq!((view.remaining, view.used), (0, 3));
    }
}
