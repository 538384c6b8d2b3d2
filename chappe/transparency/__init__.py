"""What is told to the public: statements of reasons for the EU's Transparency Database, the yearly report, figures."""
