package dev.switchboard.gateway.upstream;

/** Where a service listens. */
public record Address(String host, int port, boolean tls) {
    @Override
    public String toString() {
        return (tls ? "https://" : "http://") + host + ':' + port;
    }
}
