//! Reports to [`Archive`](crate::model::archive::Archive): ids, agencies, regions, years, neighbours, findings across years.
