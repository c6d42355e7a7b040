use metrics::{
    Counter, Histogram, Key, KeyName, Label, Level, Metadata, Recorder as _, SharedString, Unit,
};
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};

/// What the server counts. No label holds anything that a person or a client sent.
pub(crate) struct Metrics {
    handle: PrometheusHandle,
    recorder: metrics_exporter_prometheus::PrometheusRecorder,
    pub(crate) rotated: Counter,
    pub(crate) repeated: Counter,
    pub(crate) superseded: Counter,
    pub(crate) reused: Counter,
    pub(crate) refused: Counter,
    pub(crate) signed_in: Counter,
    pub(crate) sign_in_refused: Counter,
    pub(crate) sign_in_limited: Counter,
    pub(crate) latency: Histogram,
}

impl Metrics {
    pub(crate) fn new() -> Self {
        // The bounds are a constant list that is not empty: setting them cannot fail.
        let builder = PrometheusBuilder::new();
        let recorder = builder
            .set_buckets(BUCKETS)
            .unwrap_or_default()
            .build_recorder();
        let counter = |name: &'static str, outcome: &'static str| {
            let key = Key::from_parts(name, vec![Label::new("outcome", outcome)]);
            recorder.register_counter(&key, &METADATA)
        };
        let refresh = |outcome| counter("tenure_refresh_total", outcome);
        let sign_in = |outcome| counter("tenure_sign_in_total", outcome);
        for (name, help) in HELP {
            let (name, help) = (KeyName::from_const_str(name), SharedString::const_str(help));
            recorder.describe_counter(name, Some(Unit::Count), help);
        }
        Self {
            rotated: refresh("rotated"),
            repeated: refresh("repeated"),
            superseded: refresh("superseded"),
            reused: refresh("reused"),
            refused: refresh("refused"),
            signed_in: sign_in("signed_in"),
            sign_in_refused: sign_in("refused"),
            sign_in_limited: sign_in("limited"),
            latency: recorder
                .register_histogram(&Key::from_static_name("tenure_request_seconds"), &METADATA),
            handle: recorder.handle(),
            recorder,
        }
    }

    /// Counts a request to the token endpoint by its grant, which must be a known one.
    pub(crate) fn token_request(&self, grant: &'static str) {
        let key = Key::from_parts(
            "tenure_token_requests_total",
            vec![Label::new("grant", grant)],
        );
        self.recorder.register_counter(&key, &METADATA).increment(1);
    }

    pub(crate) fn render(&self) -> String {
        self.handle.run_upkeep();
        self.handle.render()
    }
}

impl std::fmt::Debug for Metrics {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Metrics")
    }
}

const METADATA: Metadata<'static> = Metadata::new("tenure", Level::INFO, None);
const HELP: [(&str, &str); 3] = [
    (
        "tenure_refresh_total",
        "Refresh tokens presented, by what became of them",
    ),
    (
        "tenure_sign_in_total",
        "Sign-in attempts, by what became of them",
    ),
    (
        "tenure_token_requests_total",
        "Requests to the token endpoint, by grant",
    ),
];
const BUCKETS: &[f64] = &[
    0.000_5, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.5, 1.0, 5.0,
];
