//! The job that created an object.

use crate::support::mock_server::MockServer;
use crate::support::test_env::Asst;

use serde_json::json;

#[test]
fn every_pipeline_is_identified_by_its_job() {
    /// The name, the variables of a job, and the expected name of the job.
    type System<'a> = (&'a str, &'a [(&'a str, &'a str)], &'a str);
    let systems: [System<'_>; 6] = [
        (
            "github",
            &[
                ("GITHUB_ACTIONS", "true"),
                ("GITHUB_SERVER_URL", "https://gh.example"),
                ("GITHUB_REPOSITORY", "o/r"),
                ("GITHUB_RUN_ID", "7"),
            ],
            "https://gh.example/o/r/actions/runs/7",
        ),
        (
            "gitlab",
            &[("GITLAB_CI", "true"), ("CI_JOB_ID", "8"), ("CI_JOB_URL", "https://gl.example/o/r/-/jobs/8")],
            "https://gl.example/o/r/-/jobs/8",
        ),
        (
            "jenkins",
            &[
                ("JENKINS_URL", "https://j.example"),
                ("BUILD_TAG", "jenkins-a-9"),
                ("BUILD_URL", "https://j.example/job/a/9/"),
            ],
            "https://j.example/job/a/9/",
        ),
        (
            "buildkite",
            &[
                ("BUILDKITE", "true"),
                ("BUILDKITE_BUILD_URL", "https://b.example/o/p/builds/3"),
                ("BUILDKITE_JOB_ID", "j3"),
            ],
            "https://b.example/o/p/builds/3#j3",
        ),
        (
            "azure-pipelines",
            &[
                ("TF_BUILD", "True"),
                ("SYSTEM_COLLECTIONURI", "https://dev.example/o/"),
                ("SYSTEM_TEAMPROJECT", "P Q"),
                ("BUILD_BUILDID", "5"),
            ],
            "https://dev.example/o/P%20Q/_build/results?buildId=5",
        ),
        (
            "circleci",
            &[("CIRCLECI", "true"), ("CIRCLE_WORKFLOW_JOB_ID", "c6"), ("CIRCLE_BUILD_URL", "https://c.example/6")],
            "https://c.example/6",
        ),
    ];
    let listener = MockServer::minting();
    for (system, variables, job) in systems {
        let asst = Asst::with_backend(&listener.url());
        let asst = variables.iter().fold(asst.env("CI", "true"), |asst, (name, value)| asst.env(name, value));
        let id = asst.run(["threads", "create"]).ok().id();
        let row = asst.run(["ledger", "list", "-o", "json"]).ok().json()[0].clone();
        assert_eq!((&row["provenance"]["ci"]["system"], &row["ci_job"]), (&json!(system), &json!(job)), "{system:?}");
        let number = row["provenance"]["ci"]["job"].as_str().unwrap();
        for job in [job, number] {
            let found = asst.run(["threads", "list", "--ci-job", job, "-o", "id"]).ok().ids();
            assert_eq!(found, [id.as_str()], "{system} {job}");
        }
    }
}
