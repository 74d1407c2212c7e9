#if Server
    public import OnCue
    import AsyncHTTPClient

    /// A store that a server offers over HTTP.
    public enum OnCueRemote {}
#endif
