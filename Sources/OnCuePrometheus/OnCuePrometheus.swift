public import CoreMetrics

/// Metrics as Prometheus reads them.
public enum OnCuePrometheus {}
