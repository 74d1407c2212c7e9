#if Server
    public import OnCue
    import Hummingbird
    import HummingbirdTLS

    /// Serves a store over HTTP.
    public enum OnCueServer {}
#endif
