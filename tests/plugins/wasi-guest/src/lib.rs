//! A guest of a language with a libc. With the parameters `look` it looks for a way out and logs what it found; with
//! `draw` it logs what it drew at random; with `print` it prints; with `wait` it waits; with `exit` it exits.

wit_bindgen::generate!({ path: ["../../../wit", "wit"], world: "seedbed:tests/guest", generate_all });

use seedbed::job::{log, types};
use wasi::{
    cli, clocks0_2_0 as clocks, clocks0_3_0 as later_clocks, filesystem, random,
    sockets::{
        instance_network::instance_network,
        network::{IpAddressFamily, IpSocketAddress, Ipv4SocketAddress},
        tcp_create_socket::create_tcp_socket,
    },
};

struct WasiGuest;

impl Guest for WasiGuest {
    fn describe() -> types::Description {
        types::Description { name: "wasi".into(), version: "0".into(), params: "{}".into(), streams: vec![] }
    }

    async fn run(params: String) -> Result<types::Outcome, String> {
        match params.as_str() {
            "look" => look(),
            "draw" => {
                say(&format!("{:x} {:x}", random::random::get_random_u64(), random::random::get_random_u64()))
            }
            "print" => print(),
            "wait" => wait().await,
            _ => cli::exit::exit(Err(())),
        }
        Ok(types::Outcome::Complete)
    }
}

fn look() {
    say(&format!("environment {:?}", cli::environment::get_environment()));
    say(&format!("arguments {:?}", cli::environment::get_arguments()));
    say(&format!("folders {}", filesystem::preopens::get_directories().len()));
    let to = IpSocketAddress::Ipv4(Ipv4SocketAddress { port: 80, address: (127, 0, 0, 1) });
    let socket = create_tcp_socket(IpAddressFamily::Ipv4);
    let connected = socket.and_then(|socket| socket.start_connect(&instance_network(), to));
    say(&format!("connect {connected:?}"));
    say(&format!("clock {}", clocks::wall_clock::now().seconds));
    say(&format!("clock {}", later_clocks::system_clock::now().seconds));
}

fn print() {
    let out = cli::stdout::get_stdout();
    let _ = out.blocking_write_and_flush(b"to standard output\nand \x1b[2Jmore");
    let err = cli::stderr::get_stderr();
    let _ = err.blocking_write_and_flush(b"to standard error\n");
}

/// Waits for 20 ms, by either version's clock.
async fn wait() {
    let (before, before_too) = (clocks::monotonic_clock::now(), later_clocks::monotonic_clock::now());
    later_clocks::monotonic_clock::wait_for(20_000_000).await;
    let waited = |since: u64, now: u64| now - since >= 15_000_000;
    say(&format!(
        "{} {}",
        waited(before, clocks::monotonic_clock::now()),
        waited(before_too, later_clocks::monotonic_clock::now())
    ));
}

fn say(text: &str) {
    log::write(log::Level::Info, text);
}

export!(WasiGuest);
