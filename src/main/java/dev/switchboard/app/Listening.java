package dev.switchboard.app;

import dev.switchboard.config.ConfigError;
import dev.switchboard.config.ConfigException;
import dev.switchboard.gateway.ServerOptions;
import dev.switchboard.gateway.http.MetricsOptions;
import io.netty.channel.unix.Errors;
import java.io.IOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.UnknownHostException;

/** Whether the door can be opened, and which setting is to blame when it cannot. */
final class Listening {
    private Listening() {}

    /**
     * Looks before anything is started: a second node by mistake should not join the cluster first.
     *
     * @throws ConfigException when the address cannot be listened on
     */
    static void check(ServerOptions server) {
        try (ServerSocket socket = new ServerSocket()) {
            InetSocketAddress address = new InetSocketAddress(server.host(), server.port());
            if (address.isUnresolved()) {
                throw new UnknownHostException(server.host());
            }
            socket.setReuseAddress(true);
            socket.bind(address);
        } catch (IOException e) {
            throw wrongSetting(server, e);
        }
    }

    /** The same failure, or what it says about the settings. */
    static Throwable explain(ServerOptions server, Throwable failure) {
        return isOfListening(failure) ? wrongSetting(server, failure) : failure;
    }

    /** The same for the listener of metrics. */
    static Throwable explain(MetricsOptions metrics, Throwable failure) {
        return isOfListening(failure)
                ? new ConfigException(new ConfigError(
                        "metrics.port",
                        "METRICS_PORT",
                        "cannot listen on " + metrics.host() + ":" + metrics.port() + ": " + failure.getMessage()))
                : failure;
    }

    private static boolean isOfListening(Throwable failure) {
        return failure instanceof BindException
                || failure instanceof UnknownHostException
                || failure instanceof Errors.NativeIoException;
    }

    private static ConfigException wrongSetting(ServerOptions server, Throwable failure) {
        String reason = String.valueOf(failure.getMessage());
        if (failure instanceof UnknownHostException || reason.contains("assign")) {
            return new ConfigException(new ConfigError(
                    "server.host", "HOST", "expected an address of this machine, got \"" + server.host() + '"'));
        }
        return new ConfigException(new ConfigError(
                "server.port", "PORT", "cannot listen on " + server.host() + ":" + server.port() + ": " + reason));
    }
}
