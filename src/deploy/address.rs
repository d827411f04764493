//! Which board is meant: `[user@]host[:port]`.

/// A board as ssh finds it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Address {
    /// What the user wrote.
    pub name: String,
    /// `[user@]host`, or a name of the user's ssh config.
    pub destination: String,
    /// The port, if one was given.
    pub port: Option<u16>,
}

impl Address {
    /// Understands an address: `board`, `root@10.0.0.2:2222`, `[fe80::1]:22`, `ssh://root@board`.
    ///
    /// # Errors
    ///
    /// A sentence about what is wrong with it.
    pub fn parse(name: &str) -> Result<Self, String> {
        let text = name.strip_prefix("ssh://").unwrap_or(name);
        let text = text.trim_end_matches('/');
        let (user, host) = match text.rsplit_once('@') {
            Some((user, host)) => (Some(user), host),
            None => (None, text),
        };
        let (host, port) = match host.strip_prefix('[').and_then(|host| host.split_once(']')) {
            Some((host, "")) => (host, None),
            Some((host, rest)) => (host, Some(rest.strip_prefix(':').unwrap_or(rest))),
            // More than one colon is an address of IPv6 without a port.
            None => match host.split_once(':') {
                Some((host, port)) if !port.contains(':') => (host, Some(port)),
                _ => (host, None),
            },
        };
        let odd = |word: &str| {
            word.is_empty() || word.starts_with('-') || word.contains(char::is_whitespace)
        };
        if odd(host) || user.is_some_and(odd) {
            return Err(format!(
                "{name:?} is no board; write `[user@]host[:port]` or a name of your ssh config"
            ));
        }
        let port = port
            .map(|port| port.parse().ok().filter(|port| *port > 0).ok_or(port))
            .transpose()
            .map_err(|port| format!("{name:?}: {port:?} is no port; write one from 1 to 65535"))?;
        let destination = user.map_or_else(|| host.to_owned(), |user| format!("{user}@{host}"));
        Ok(Self {
            name: name.to_owned(),
            destination,
            port,
        })
    }

    /// The destination as scp takes it in front of `:path`.
    pub(super) fn for_scp(&self) -> String {
        let (user, host) = match self.destination.rsplit_once('@') {
            Some((user, host)) => (format!("{user}@"), host),
            None => (String::new(), self.destination.as_str()),
        };
        if host.contains(':') {
            format!("{user}[{host}]")
        } else {
            format!("{user}{host}")
        }
    }

    /// The name as part of a file's.
    #[must_use]
    pub fn file_name(&self) -> String {
        let odd = |c: char| !c.is_ascii_alphanumeric() && !"-_.@".contains(c);
        self.name.trim_start_matches("ssh://").replace(odd, "_")
    }
}

#[cfg(test)]
mod tests {
    use super::Address;

    #[track_caller]
    fn check(text: &str, destination: &str, port: Option<u16>, scp: &str) {
        let address = Address::parse(text).expect(text);
        assert_eq!(address.destination, destination);
        assert_eq!(address.port, port);
        assert_eq!(address.for_scp(), scp);
    }

    #[test]
    fn addresses_are_read_in_all_forms() {
        check("board", "board", None, "board");
        check(
            "root@10.0.0.2:2222",
            "root@10.0.0.2",
            Some(2222),
            "root@10.0.0.2",
        );
        check("ssh://root@board:22/", "root@board", Some(22), "root@board");
        check("[::1]:22", "::1", Some(22), "[::1]");
        check(
            "me@fe80::1%eth0",
            "me@fe80::1%eth0",
            None,
            "me@[fe80::1%eth0]",
        );
        check("a@b@host", "a@b@host", None, "a@b@host");
    }

    #[test]
    fn what_is_no_address_is_told() {
        for bad in [
            "",
            "@",
            "root@",
            "-oProxyCommand=x",
            "root@-x",
            "a b",
            "host:",
        ] {
            assert!(Address::parse(bad).is_err(), "{bad:?}");
        }
        for port in ["host:0", "host:70000", "host:ssh"] {
            let why = Address::parse(port).expect_err(port);
            assert!(why.contains("is no port"), "{why}");
        }
    }
}
