//! Whether a login costs more where the tables are full.

use anyhow::Result;
use aws_sdk_dynamodb::types::AttributeValue;
use scanlatch_tests::Stack;

use crate::counts::{self, Cost, total};
use crate::login::{Kind, Nobody, Person, application};
use crate::tables::{DIRECTORY, Item, LIVE, Name, Tables};

/// How many items are written before the next ones are made.
const PORTION: usize = 2_000;
/// How many portions are on their way at once.
const AT_ONCE: usize = 4;

/// The cost of a login with so many items in the tables.
#[derive(Clone, Copy, Debug)]
pub struct Row {
    /// How many items there are, at least.
    pub items: usize,
    /// What a login by socket costs.
    pub cost: Cost,
}

/// Fills the tables step by step with what other people's logins left, in the same tenant, and counts a login each time.
///
/// # Errors
/// If the database fails.
pub async fn rows(stack: &Stack, sizes: &[usize]) -> Result<Vec<Row>> {
    let tables = Tables::at(stack.dynamodb_endpoint());
    let pattern = Pattern::of(stack, &tables).await?;
    let (mut rows, mut written) = (Vec::new(), 0);
    for &items in sizes {
        while written * pattern.items.len() < items {
            let people = PORTION.min((items / pattern.items.len() + 1) - written);
            let portions = (0..AT_ONCE).map(|part| {
                let range = (written + people * part / AT_ONCE)..(written + people * (part + 1) / AT_ONCE);
                pattern.write(&tables, range)
            });
            for portion in portions.map(|portion| tokio::spawn(portion)).collect::<Vec<_>>() {
                portion.await??;
            }
            written += people;
        }
        let steps = counts::login(stack, Kind::Socket).await?;
        rows.push(Row { items: written * pattern.items.len(), cost: total(&steps) });
    }
    Ok(rows)
}

/// The items that one person's enrolment and logins leave.
#[derive(Clone, Debug)]
struct Pattern {
    items: Vec<(&'static str, Item)>,
    /// What names the person, their phone and their logins in them.
    names: Vec<String>,
}

impl Pattern {
    async fn of(stack: &Stack, tables: &Tables) -> Result<Self> {
        let application = application(stack).await?;
        let before = tables.snapshot().await?;
        let person = Person::enrol(stack, "a-person-like-others", &application).await?;
        for kind in Kind::ALL {
            Box::pin(person.login(kind, &mut Nobody)).await?;
        }
        let after = tables.snapshot().await?;
        let new: Vec<(&Name, &Item)> = after.iter().filter(|(name, _)| !before.contains_key(*name)).collect();
        let mut names: Vec<String> =
            new.iter().flat_map(|((_, pk, sk), _)| pk.split('#').chain(sk.split('#'))).map(str::to_owned).collect();
        // What also names something that is there already, such as the tenant, stays as it is.
        let known: Vec<&str> = before.keys().flat_map(|(_, pk, sk)| pk.split('#').chain(sk.split('#'))).collect();
        names.retain(|name| name.len() >= 16 && !known.contains(&name.as_str()));
        names.sort();
        names.dedup();
        // An item that names nobody would be the same for everybody.
        let named = |key: &String| names.iter().any(|name| key.contains(name.as_str()));
        let new = new.into_iter().filter(|((_, pk, sk), _)| named(pk) || named(sk));
        let items = new.map(|((table, _, _), item)| (*table, item.clone())).collect();
        Ok(Self { items, names })
    }

    /// Writes the items of other people, by their numbers.
    fn write(
        &self,
        tables: &Tables,
        people: std::ops::Range<usize>,
    ) -> impl Future<Output = Result<()>> + Send + 'static {
        let (pattern, tables) = (self.clone(), tables.clone());
        async move {
            for table in [LIVE, DIRECTORY] {
                let mine = pattern.items.iter().filter(|(of, _)| *of == table);
                let items = people
                    .clone()
                    .flat_map(|person| mine.clone().map(move |(_, item)| (person, item)).collect::<Vec<_>>());
                let items = items.map(|(person, item)| pattern.renamed(item, person)).collect();
                tables.add(table, items).await?;
            }
            Ok(())
        }
    }

    fn renamed(&self, item: &Item, person: usize) -> Item {
        item.iter().map(|(name, value)| (name.clone(), self.of_person(value, person))).collect()
    }

    fn of_person(&self, value: &AttributeValue, person: usize) -> AttributeValue {
        let text = |text: &String| {
            // Numbers of eight digits take the place of the last letters, so that items keep their size.
            let of = |name: &str| format!("{}{person:08}", &name[..name.len() - 8]);
            self.names.iter().fold(text.clone(), |text, name| text.replace(name.as_str(), &of(name)))
        };
        match value {
            AttributeValue::S(value) => AttributeValue::S(text(value)),
            AttributeValue::Ss(values) => AttributeValue::Ss(values.iter().map(text).collect()),
            other => other.clone(),
        }
    }
}
